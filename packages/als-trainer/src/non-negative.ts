import { solveEach } from './half-step.js';
import type { RowSolver } from './half-step.js';
import type { NormalEquations } from './normal-equations.js';
import { emptyEquations, lossOfRow, setEquations } from './normal-equations.js';

/** Sweeps after which a row is taken as it is; the next iteration goes on from there. */
const maxSweeps = 100;

/** A sweep that moves no factor by more than this share of the largest one ends the row. */
const tolerance = 1e-7;

const at = (matrix: Float64Array, rank: number, i: number, j: number): number =>
  matrix[i < j ? i * rank + j : j * rank + i] as number;

/** Sets factor `i` to its best value of 0 or more while the others are held, and returns by how much it moved. */
function improve({ matrix, right }: NormalEquations, answer: Float64Array, i: number): number {
  const rank = right.length;
  const diagonal = at(matrix, rank, i, i);
  if (!(diagonal > 0)) return 0;
  let rest = right[i] as number;
  for (let j = 0; j < rank; j++) if (j !== i) rest -= at(matrix, rank, i, j) * (answer[j] as number);
  const before = answer[i] as number;
  const after = Math.max(0, rest / diagonal);
  answer[i] = after;
  return Math.abs(after - before);
}

/**
 * Solves symmetric equations under "no factor below 0" by cyclic coordinate descent, from `answer` and in place.
 * The problem is convex, so each sweep lowers the loss and the limit is the one solution.
 */
export function solveNonNegative(equations: NormalEquations, answer: Float64Array): void {
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let largest = 0;
    let moved = 0;
    for (let i = 0; i < answer.length; i++) {
      moved = Math.max(moved, improve(equations, answer, i));
      largest = Math.max(largest, answer[i] as number);
    }
    if (moved <= tolerance * largest) return;
  }
}

/** Solves every row under "no factor below 0", from its last answer. */
export const nonNegative: RowSolver = (step, from, to) => {
  const equations = emptyEquations(step.rank);
  return solveEach(step, from, to, (row, ridge) => {
    setEquations(equations, step, row, ridge);
    const answer = Float64Array.from(step.solved.subarray(row * step.rank, (row + 1) * step.rank));
    solveNonNegative(equations, answer);
    step.solved.set(answer, row * step.rank);
    return lossOfRow(step, row);
  });
};
