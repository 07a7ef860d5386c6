/** What a ranking did for one user: all that a metric of single users needs. */
export interface Hits {
  /** Length of the list that is judged, 1 or more. */
  readonly k: number;
  /** How many items were held out, 1 or more. */
  readonly relevant: number;
  /** Places of the held-out items within the first k, from 1, ascending. */
  readonly places: readonly number[];
}

/** One number for one user, 0 to 1, more is better. */
export type UserMetric = (hits: Hits) => number;
