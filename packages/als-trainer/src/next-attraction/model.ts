/**
 * What a visitor asks for next, as tables: one generation, plain JSON, and no user in it. For a visitor who asks at hour h and whose last
 * visit in the park was to l, `gap` hours ago, the score of attraction j is
 *
 *     popular[j] + lately[j] + byHour[h][j] + exp(-gap / patienceHours) * onward[l][j]
 *
 * a logarithm: the softmax of the scores over the attractions not yet visited is the probability that j is the next new one.
 * Every sum is a conditional logit (McFadden 1974) with its weights multiplied in.
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
  /** After so many hours the place of the last visit counts for 1/e. */
  readonly patienceHours: number;
  /** What the terms were multiplied with, for people to read. */
  readonly weights: Weights;
}

/** The weight of each feature, in the order of {@link featureNames}. 1 takes the feature at its word, 0 leaves it out. */
export type Weights = Readonly<Record<FeatureName, number>>;

/** The features of one attraction for one visitor. All but `near` are log ratios of smoothed shares. */
export const featureNames = ['popular', 'lately', 'hour', 'near', 'followed'] as const;

export type FeatureName = (typeof featureNames)[number];
