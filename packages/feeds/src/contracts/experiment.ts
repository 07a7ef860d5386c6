/** One immutable version of one experiment; any change is a new version. Bucket arithmetic: `v1` of the design, 10,000 buckets. */
export interface Experiment {
  readonly experiment: string;
  readonly version: number;
  /** Hashed to decide whether a user takes part; experiments that share it exclude each other by disjoint ranges. */
  readonly layerSalt: string;
  /** Buckets of the layer that take part, `[from, to)` within 0..10000. */
  readonly layerBuckets: readonly [number, number];
  /** Hashed to decide the panel. */
  readonly salt: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly name: string;
  /** Names a recommender that the service composes: `als`, `popular`, `mapping`, … */
  readonly recommender: string;
  /** Bucket ranges `[from, to)` this panel owns; all panels' ranges are disjoint. */
  readonly buckets: readonly (readonly [number, number])[];
}
