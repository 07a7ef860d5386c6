import type { MetricName } from '../evaluate.js';
import type { Protocol } from '../splits/split.js';
import type { Interval } from '../statistics/bootstrap.js';

/** Recommenders judged on one split, as `evaluation/report/v1.0` keeps them. Plain JSON; the same inputs give the same report. */
export interface EvaluationReport {
  readonly protocol: Protocol & {
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

/** One recommender's results. */
export interface JudgedRecommender {
  readonly name: string;
  readonly description: string;
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
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

/** The metrics that decide who is better, so those that get intervals. */
export const decidingMetrics = ['hitRate', 'ndcg'] as const satisfies readonly MetricName[];

export type DecidingMetric = (typeof decidingMetrics)[number];

/** Some of the requests. */
export interface Segment {
  readonly segment: string;
  readonly requests: number;
  readonly measures: Readonly<Record<DecidingMetric, Measure>>;
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
