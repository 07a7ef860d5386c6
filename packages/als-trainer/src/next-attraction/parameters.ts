/** The features of one attraction for one visitor. All but `near` and `around` are log ratios of smoothed shares. */
export const featureNames = ['popular', 'lately', 'hour', 'near', 'followed', 'together', 'around'] as const;

export type FeatureName = (typeof featureNames)[number];

/** The weight of each feature, in the order of {@link featureNames}. 1 uses the feature as it is, 0 leaves it out. */
export type Weights = Readonly<Record<FeatureName, number>>;

/**
 * The constants of the model. Chosen, coarsely, by the second-last and third-last new attraction of each visitor in two theme parks and two cities, and by
 * visitors that the fit had not seen, never by the last new attraction. None of them matters much.
 */
export const parameters = {
  /** Days after which a visitor counts half for `lately`. */
  halfLifeDays: 365,
  /** Visitors that smooth a share, distributed as popularity is. */
  smoothing: 20,
  /** Standard deviation, in hours, of the bell that spreads a visit over the hours of the day. */
  hourWidth: 1.5,
  /** See `ParkTables`; how much a step between two attractions counts falls in the same way. */
  patienceHours: 0.75,
  /** See `ParkTables`. */
  lingerHours: 2,
  /** Two visits further apart than this do not count as a step: the visitor was away. */
  longestStepHours: 8,
  /** Metres below which distances hardly differ. */
  reachMetres: 50,
  /** Pull of `priorWeights` on the learnt weights: as strong as the evidence of so many squared units of a feature. */
  shrinkage: 30,
  /** Cells (choice x attraction) that the fit learns from, at most the latest ones. Corrections need many: a third of them cost .008 of NDCG@5 in the larger park. */
  maxCells: 300_000,
  /** Most attractions of a park for which each pair of them has corrections. */
  mostPaired: 100,
} as const;

/** The weights before training, and of a park without visits. */
export const priorWeights: Weights = {
  popular: 0.8,
  lately: 0.8,
  hour: 0.5,
  near: 0.7,
  followed: 0.7,
  together: 0,
  around: 0.3,
};

/**
 * Under which circumstances the fit corrects the score of an attraction, and how strongly each correction is pulled towards 0, as `shrinkage` is. Counts say who went
 * where; the corrections say what they get wrong about the next choice.
 */
export const pulls = {
  /** In every choice. */
  always: 15,
  /** For those who come back after `longestStepHours`, against those who are there. */
  away: 30,
  /** By how many attractions the visitor knows: ln(number) - 1. */
  seasoned: 30,
  /** By the hour: the first two harmonics of the day, four in all. */
  hour: 60,
  /** After each attraction, as its place fades. */
  after: 10,
  /** For those who know each attraction, over the root of how many they know. */
  knowing: 50,
} as const;

/** Harmonics of the day: cosine and sine of one and of two turns. */
export const HARMONICS = 4;

/** The harmonics at an hour, 0 to 23. */
export function harmonicsAt(hour: number): readonly number[] {
  const turn = (2 * Math.PI * hour) / 24;
  return [Math.cos(turn), Math.sin(turn), Math.cos(2 * turn), Math.sin(2 * turn)];
}
