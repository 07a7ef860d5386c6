import { json } from '@attractions/feeds';
import type { FeedContract, Field } from '@attractions/feeds';
import { FeedsError } from '@attractions/feeds';
import { isNextAttractionModel, nextAttractionProblem } from './next-attraction-problem.js';

/**
 * What a visitor goes to next, as tables: plain JSON, and no user in it. For a visitor who asks at hour h and whose last visit in the park
 * was to l, `gap` hours ago, and who has been to the attractions V, the score of attraction j is
 *
 *     popular[j] + lately[j] + byHour[h][j] + exp(-gap / patienceHours) * onward[l][j] + sum of together[v][j] / sqrt(|V|) over v in V
 *
 * a logarithm: the softmax of the scores over the attractions not yet visited is the probability that j is the next new one.
 * Every sum is a conditional logit (McFadden 1974) with its weights multiplied in. `scoreNext` computes it.
 */
export interface NextAttractionModel {
  /** Only visits before this midnight (UTC, ms since 1970) are counted in the tables. */
  readonly asOf: number;
  /** By name. */
  readonly parks: readonly ParkTables[];
}

/** One park's terms of the score. All arrays follow `attractionIds`. */
export interface ParkTables {
  readonly park: string;
  /** Ascending. */
  readonly attractionIds: readonly string[];
  /** How many visitors came, ever. */
  readonly popular: readonly number[];
  /** How many more, or fewer, came of late. */
  readonly lately: readonly number[];
  /** How many more come at this hour of the day: 24 rows. */
  readonly byHour: readonly (readonly number[])[];
  /** How near attraction j lies to l, and how many more visit it within the hour: row l, column j. */
  readonly onward: readonly (readonly number[])[];
  /** How many more of those who have been to v have been to j: row v, column j. Absent in older updates: no such term. */
  readonly together?: readonly (readonly number[])[];
  /** Visits before it are counted in this park's tables: ms since 1970. Absent in older updates: `lately` is good at any time. */
  readonly asOf?: number;
  /** `lately` counts half for a request so many days from `asOf`, on either side. */
  readonly halfLifeDays?: number;
  /** After so many hours the place of the last visit counts for 1/e. */
  readonly patienceHours: number;
  /** What the terms were multiplied with, by the trainer's feature names, for people to read. */
  readonly weights: Readonly<Record<string, number>>;
}

const schema: readonly Field[] = [
  { name: 'asOf', type: 'int64', nullable: false, description: 'Visits before it are counted: ms since 1970, UTC.' },
  { name: 'parks', type: 'json', nullable: false, description: 'Tables of each park, by name, as `ParkTables` says.' },
];

/** The model of the next attraction, of the same visits as the factor model beside it. JSON. */
export const nextAttraction: FeedContract<NextAttractionModel> = {
  path: 'training/next-attraction/v1.0',
  description: 'What visitors of each park go to next, as tables.',
  schema,
  codec: json(asModel),
};

function asModel(value: unknown): NextAttractionModel {
  if (isNextAttractionModel(value)) return value;
  throw new FeedsError('FEEDS_VALUE_INVALID', nextAttractionProblem(value) ?? 'The value is no model.');
}
