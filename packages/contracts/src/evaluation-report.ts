import type { FeedContract } from '@attractions/feeds';
import * as v from 'valibot';

import { holding, int32, int64, jsonFeed, list, name, number, object, oneOf, record, text } from './document.js';
import type { Infer } from './document.js';

const protocol = object({
  split: oneOf(['last-new-attraction', 'by-time', 'random']),
  /** Fewest attractions of a park that a visitor must have been to; the held-out ones count. */
  minAttractions: int32(0),
  /** Of a split by time: training ends before it. Milliseconds since 1970. */
  cut: v.optional(number()),
  /** Of a random split. */
  seed: v.optional(number()),
});

const interval = object({ mean: number(), low: number(), high: number() });

/** A mean with its interval, and by how much it is above the baseline's. */
const measure = object({ ...interval.entries, difference: interval });

const segment = object({
  segment: text(),
  requests: int32(0),
  measures: object({ hitRate: measure, ndcg: measure }),
});

const calibrationBin = object({
  pairs: int64(),
  meanScore: number(),
  /** Share of them that were answers. A score that is a probability equals it. */
  answered: number(),
});

const worstRequest = object({
  userId: text(),
  park: text(),
  /** ISO 8601, UTC. */
  time: text(),
  /** Name of the attraction that was to be found first. */
  answer: text(),
  /** Of the answer in the ranking, from 1. */
  place: int32(1),
  candidates: int32(0),
  /** Names of the first k. */
  listed: list(text()),
});

const recommender = object({
  name: name(),
  description: text(),
  /** By the names that `evaluate` takes: `hitRate`, `ndcg`, … */
  metrics: record(number()),
  /** Over all requests. */
  overall: segment,
  parks: list(segment),
  /** By how many attractions of the park the visitor had been to. */
  activity: list(segment),
  /** Tenths of all scores, ascending. */
  calibration: list(calibrationBin),
  /** The requests whose answer stood furthest down. */
  worst: list(worstRequest),
});

const report = v.pipe(
  object({
    protocol: v.pipe(
      object({
        ...protocol.entries,
        /** Length of the list that counts. */
        k: int32(1),
        candidates: oneOf(['park', 'all']),
        intervals: object({ resamples: int32(0), confidence: number(), seed: number() }),
      }),
      v.description('Split, list length, candidates and intervals.'),
    ),
    data: v.pipe(
      object({ trainingVisits: int64(), visitors: int64(), attractions: int64(), requests: int64() }),
      v.description('How many visits, visitors, attractions and requests.'),
    ),
    /** Name of the recommender that all others are compared with. */
    baseline: v.pipe(text(), v.description('Whom all others are compared with.')),
    /** In the order they were judged. */
    recommenders: v.pipe(
      list(recommender),
      v.nonEmpty('is []; give a list of at least one recommender.'),
      v.description('Results of each recommender, as judged.'),
    ),
  }),
  holding(({ baseline, recommenders }) => {
    const names = recommenders.map(({ name }) => name);
    if (names.includes(baseline)) return undefined;
    return `baseline is ${JSON.stringify(baseline)}; give one of the recommenders: ${names.join(', ')}.`;
  }),
);

/** Recommenders judged on one split of visits. Plain JSON; the same inputs give the same report. */
export type EvaluationReport = Infer<typeof report>;

/** The name of a split and its settings. */
export type Protocol = Infer<typeof protocol>;

/** One recommender's results. */
export type JudgedRecommender = Infer<typeof recommender>;

/** Some of the requests. */
export type Segment = Infer<typeof segment>;

/** A mean, and the interval in which it would lie with other users. */
export type Interval = Infer<typeof interval>;

/** A mean with its interval, and by how much it is above the baseline's. */
export type Measure = Infer<typeof measure>;

/** Pairs of a request and a candidate whose scores are alike. */
export type CalibrationBin = Infer<typeof calibrationBin>;

/** One request that went wrong. */
export type WorstRequest = Infer<typeof worstRequest>;

/** Reports on how well recommenders predict held-out visits; a report's parents are the visits, and the model if it is about one. JSON. */
export const evaluationReport: FeedContract<EvaluationReport> = jsonFeed({
  path: 'evaluation/report/v1.0',
  description: 'Recommenders judged on held-out visits.',
  schema: report,
});
