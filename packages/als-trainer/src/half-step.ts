import type { Csr } from './csr.js';
import type { Objective } from './objective.js';

/**
 * Half an iteration: one side's rows are solved while the other side's are held. The seam between the training loop and the arithmetic:
 * the loop says what, a {@link RowSolver} does it for any range of rows, on any thread, in any order.
 */
export interface HalfStep {
  readonly rank: number;
  /** Pairs by row of the side being solved. */
  readonly pairs: Csr;
  /** The other side's factors, row-major. */
  readonly fixed: Float32Array;
  /** Gramian of `fixed`, `rank` x `rank`, not yet weighted. */
  readonly gramian: Float64Array;
  readonly objective: Objective;
  /** The side's own factors, row-major: the last answer in, the new one out. */
  readonly solved: Float32Array;
}

/**
 * Solves rows `from` to `to` and writes nothing else. A row's answer depends on its pairs, the fixed side and its own last answer alone.
 *
 * @returns the part of the loss that these rows' observed pairs have after solving.
 */
export type RowSolver = (step: HalfStep, from: number, to: number) => number;
