import type { Objective } from '@attractions/models/als';

import type { Csr } from './csr.js';
import type { AlsOptions } from './options.js';

/**
 * Half an iteration: the rows of one side are solved while those of the other side stay fixed. The training loop describes it so, and a
 * {@link RowSolver} does it for any range of rows, on any thread, in any order.
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
  /** The side's own factors, row-major: first the last answer, then the new one. */
  readonly solved: Float32Array;
}

/** What solved rows add to the loss. */
export interface RowLoss {
  /** Loss of their observed pairs. */
  readonly observed: number;
  /** Sum of ridge * |row|^2. */
  readonly penalty: number;
}

/**
 * Solves rows `from` to `to` and writes nothing else. A row's answer depends only on its pairs, the fixed side and its own last answer.
 *
 * @returns what these rows add to the loss after solving: sums in row order.
 */
export type RowSolver = (step: HalfStep, from: number, to: number) => RowLoss;

/** A solver of one row, which returns the loss of the row's observed pairs. */
export type SolveRow = (row: number, ridge: number) => number;

/** Solves rows `from` to `to` one by one, each with its ridge in single precision. */
export function solveEach(
  { rank, pairs, objective, solved }: HalfStep,
  from: number,
  to: number,
  solve: SolveRow,
): RowLoss {
  let observed = 0;
  let penalty = 0;
  for (let row = from; row < to; row++) {
    const history = (pairs.offsets[row + 1] as number) - (pairs.offsets[row] as number);
    const ridge = Math.fround(objective.ridge(history, pairs.columnCount));
    observed += solve(row, ridge);
    penalty += ridge * squaredNorm(solved.subarray(row * rank, (row + 1) * rank));
  }
  return { observed, penalty };
}

/** |row|^2 in four interleaved sums that are then added in pairs: the order of a vector unit. */
function squaredNorm(row: Float32Array): number {
  const lanes = [0, 0, 0, 0];
  row.forEach((value, f) => {
    lanes[f & 3] = (lanes[f & 3] as number) + value * value;
  });
  const [a, b, c, d] = lanes as [number, number, number, number];
  return a + b + (c + d);
}

/** Pairs after which a range of rows ends: one or two milliseconds of work, at any rank. */
function rangePairs({ rank, solver }: AlsOptions): number {
  return solver === 'cholesky' ? Math.max(64, 2 ** 26 / rank ** 2) : Math.max(1024, 2 ** 20 / rank);
}

/**
 * Bounds of the row ranges that are solved as one piece: `bounds[k]` to `bounds[k + 1]`. They depend only on pairs and options, so
 * sums that are taken by range and added in order are the same for any number of threads. A training can be aborted between two ranges.
 */
export function rowRanges({ rowCount, offsets }: Csr, options: AlsOptions): Uint32Array {
  const limit = rangePairs(options);
  const bounds = [0];
  for (let row = 1, begin = 0; row <= rowCount; row++) {
    const pairs = (offsets[row] as number) - (offsets[begin] as number);
    // A row costs its pairs and the work with the Gramian, which is about that of `rank` pairs.
    if (row < rowCount && pairs + options.rank * (row - begin) < limit) continue;
    bounds.push(row);
    begin = row;
  }
  return Uint32Array.from(bounds);
}
