import { solveCholesky } from './cholesky.js';
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

/** Rounds after which the exact answer is taken as it is; a handful is usual. */
const maxRounds = 100;

/** A slope below this share of the steepest counts as flat. */
const flat = 1e-10;

/**
 * Solves symmetric positive definite equations under "no factor below 0" exactly, where no later iteration goes on: a sweep says which factors want to
 * leave 0, then the equations of those above 0 are solved and gone towards until the first of them reaches 0 (Lawson, Hanson 1974, chapter 23).
 */
export function solveNonNegativeExactly({ matrix, right }: NormalEquations): Float64Array {
  const rank = right.length;
  const answer = new Float64Array(rank);
  const steepest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let round = 0; round < maxRounds; round++) {
    for (let i = 0; i < rank; i++) improve({ matrix, right }, answer, i);
    const aim = solvedFor({ matrix, right }, answer);
    let share = 1;
    let first = -1;
    for (let i = 0; i < rank; i++) {
      const [from, to] = [answer[i] as number, aim[i] as number];
      if (to < 0 && from / (from - to) < share) [share, first] = [from / (from - to), i];
    }
    for (let i = 0; i < rank; i++) {
      const from = answer[i] as number;
      answer[i] = i === first ? 0 : Math.max(0, from + share * ((aim[i] as number) - from));
    }
    if (first >= 0) continue;
    let steepestLeft = 0;
    for (let i = 0; i < rank; i++) {
      if ((answer[i] as number) > 0) continue;
      let rest = right[i] as number;
      for (let j = 0; j < rank; j++) rest -= at(matrix, rank, i, j) * (answer[j] as number);
      steepestLeft = Math.max(steepestLeft, rest);
    }
    if (steepestLeft <= flat * steepest) break;
  }
  return answer;
}

/** The solution with those factors held at 0 that are 0 in `answer`. */
function solvedFor({ matrix, right }: NormalEquations, answer: Float64Array): Float64Array {
  const rank = right.length;
  const held = { matrix: matrix.slice(), right: right.slice() };
  answer.forEach((value, i) => {
    if (value > 0) return;
    for (let j = 0; j < rank; j++) held.matrix[Math.min(i, j) * rank + Math.max(i, j)] = i === j ? 1 : 0;
    held.right[i] = 0;
  });
  solveCholesky(held);
  return held.right;
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
