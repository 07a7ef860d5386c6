import type { Protocol } from '@attractions/contracts';

import type { VisitLog } from '../visit-log.js';

/** A question that a visitor asked, as a recommender may see it: nothing in it is later than `time`. */
export interface Request {
  /** Number of the user in the log. */
  readonly user: number;
  /** The park the visitor is in; only its attractions come into question. */
  readonly park: number;
  /** When the visitor asks: the moment of the visit that is to be foretold. Milliseconds since 1970. */
  readonly time: number;
  /** The attractions of the park that the visitor has been to, ascending. */
  readonly visited: Uint32Array;
  /** The latest visit in the park before. */
  readonly last?: { readonly attraction: number; readonly visitedAt: number };
}

/** Visits to learn from, and requests with the answers that were kept back. */
export interface Split {
  /** How it was made, for the report. */
  readonly protocol: Protocol;
  readonly training: VisitLog;
  /** By time. */
  readonly requests: readonly Request[];
  /** The attractions that each request should find, ascending. */
  readonly answers: readonly Uint32Array[];
}
