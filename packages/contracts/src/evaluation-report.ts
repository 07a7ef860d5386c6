import { json } from '@attractions/feeds';
import type { FeedContract, Field } from '@attractions/feeds';
import { FeedsError } from '@attractions/feeds';
import { evaluationReportProblem, isEvaluationReport } from './evaluation-report-problem.js';

/** Recommenders judged on one split of visits. Plain JSON; the same inputs give the same report. */
export interface EvaluationReport {
  readonly protocol: Protocol & {
    /** Length of the list that counts. */
    readonly k: number;
    readonly candidates: 'park' | 'all';
    readonly intervals: { readonly resamples: number; readonly confidence: number; readonly seed: number };
  };
  readonly data: {
    readonly trainingVisits: number;
    readonly visitors: number;
    readonly attractions: number;
    readonly requests: number;
  };
  /** Name of the recommender that all others are compared with. */
  readonly baseline: string;
  /** In the order they were judged. */
  readonly recommenders: readonly JudgedRecommender[];
}

/** The name of a split and its settings. */
export interface Protocol {
  readonly split: 'last-new-attraction' | 'by-time' | 'random';
  /** Fewest attractions of a park that a visitor must have been to; the held-out ones count. */
  readonly minAttractions: number;
  /** Of a split by time: training ends before it. Milliseconds since 1970. */
  readonly cut?: number;
  /** Of a random split. */
  readonly seed?: number;
}

/** One recommender's results. */
export interface JudgedRecommender {
  readonly name: string;
  readonly description: string;
  /** By the names that `evaluate` takes: `hitRate`, `ndcg`, … */
  readonly metrics: Readonly<Record<string, number>>;
  /** Over all requests. */
  readonly overall: Segment;
  readonly parks: readonly Segment[];
  /** By how many attractions of the park the visitor had been to. */
  readonly activity: readonly Segment[];
  /** Tenths of all scores, ascending. */
  readonly calibration: readonly CalibrationBin[];
  /** The requests whose answer stood furthest down. */
  readonly worst: readonly WorstRequest[];
}

/** Some of the requests. */
export interface Segment {
  readonly segment: string;
  readonly requests: number;
  readonly measures: { readonly hitRate: Measure; readonly ndcg: Measure };
}

/** A mean, and the interval in which it would lie with other users. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A mean with its interval, and by how much it is above the baseline's. */
export interface Measure extends Interval {
  readonly difference: Interval;
}

/** Pairs of a request and a candidate whose scores are alike. */
export interface CalibrationBin {
  readonly pairs: number;
  readonly meanScore: number;
  /** Share of them that were answers. A score that is a probability equals it. */
  readonly answered: number;
}

/** One request that went wrong. */
export interface WorstRequest {
  readonly userId: string;
  readonly park: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Name of the attraction that was to be found first, and its place in the ranking, from 1. */
  readonly answer: string;
  readonly place: number;
  readonly candidates: number;
  /** Names of the first k. */
  readonly listed: readonly string[];
}

const schema: readonly Field[] = [
  { name: 'protocol', type: 'json', nullable: false, description: 'Split, list length, candidates and intervals.' },
  { name: 'data', type: 'json', nullable: false, description: 'How many visits, visitors, attractions and requests.' },
  { name: 'baseline', type: 'utf8', nullable: false, description: 'Whom all others are compared with.' },
  { name: 'recommenders', type: 'json', nullable: false, description: 'Results of each recommender, as judged.' },
];

/** Reports on how well recommenders foretell held-out visits; a report's parents are the visits, and the model if it is about one. JSON. */
export const evaluationReport: FeedContract<EvaluationReport> = {
  path: 'evaluation/report/v1.0',
  description: 'Recommenders judged on held-out visits.',
  schema,
  codec: json(asReport),
};

function asReport(value: unknown): EvaluationReport {
  if (isEvaluationReport(value)) return value;
  throw new FeedsError('FEEDS_VALUE_INVALID', evaluationReportProblem(value) ?? 'The value is no report.');
}
