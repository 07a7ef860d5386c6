import { solveCholesky } from './equations.js';
import type { RowEquations } from './equations.js';

/** Sweeps after which a row is taken as it is; the next iteration of a training continues from there. */
const MAX_SWEEPS = 100;

/** A sweep that moves no factor by more than this share of the largest one ends the row. */
const MOVE_TOLERANCE = 1e-7;

/** Rounds after which the exact answer is taken as it is; a few are usual, since each but the last changes which factors are 0. */
const MAX_ROUNDS = 100;

/** A slope below this share of the steepest counts as flat. */
const SLOPE_TOLERANCE = 1e-10;

/**
 * Solves equations under "no factor below 0" by cyclic coordinate descent, from `answer` and in place: fast where a later call continues.
 * The problem is convex, so each sweep lowers the loss and the limit is the one solution.
 */
export function descendNonNegative(equations: RowEquations, answer: Float64Array): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let largest = 0;
    let moved = 0;
    for (let i = 0; i < answer.length; i++) {
      moved = Math.max(moved, improve(equations, answer, i));
      largest = Math.max(largest, answer[i] as number);
    }
    if (moved <= MOVE_TOLERANCE * largest) return;
  }
}

/**
 * Finds which factors are above 0 in the exact solution of equations under "no factor below 0", and rewrites the equations, in place, so that a
 * plain solver finds that solution: rows and columns of the other factors become those of x = 0.
 *
 * A sweep of coordinate descent says which factors leave 0; then the equations of these are solved exactly, and the answer moves towards that
 * solution until the first factor reaches 0 (Lawson, Hanson 1974, chapter 23). Each step lowers a convex loss, so the rounds end at the one solution.
 *
 * @returns whether each factor is above 0
 */
export function clampNonNegative(equations: RowEquations): readonly boolean[] {
  const { matrix, right } = equations;
  const steepest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const answer = new Float64Array(right.length);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (let i = 0; i < answer.length; i++) improve(equations, answer, i);
    const held = { matrix: matrix.slice(), right: right.slice() };
    holdZeros(held, answer);
    const arrived = moveTowards(answer, solveCholesky(held));
    const isSteep = (value: number, i: number) =>
      value === 0 && restOf(equations, answer, i) > SLOPE_TOLERANCE * steepest;
    if (arrived && !answer.some(isSteep)) break;
  }
  holdZeros(equations, answer);
  return Array.from(answer, (value) => value > 0);
}

/** Sets factor `i` to its best value of 0 or more while the others are held, and returns by how much it moved. */
function improve(equations: RowEquations, answer: Float64Array, i: number): number {
  const diagonal = equations.matrix[i * answer.length + i] as number;
  if (!(diagonal > 0)) return 0;
  const before = answer[i] as number;
  const after = Math.max(0, restOf(equations, answer, i) / diagonal);
  answer[i] = after;
  return Math.abs(after - before);
}

/** The right side of equation `i` less what the other factors make of it; for a factor of 0, half of how fast the loss falls as it grows. */
function restOf({ matrix, right }: RowEquations, answer: Float64Array, i: number): number {
  const rank = right.length;
  let rest = right[i] as number;
  for (let j = 0; j < rank; j++)
    if (j !== i) rest -= (matrix[i < j ? i * rank + j : j * rank + i] as number) * (answer[j] as number);
  return rest;
}

/** Moves `answer` to `aim`, or as far as no factor falls below 0. Returns whether it arrived. */
function moveTowards(answer: Float64Array, aim: Float64Array): boolean {
  let share = 1;
  let first = -1;
  aim.forEach((value, i) => {
    const from = answer[i] as number;
    if (value < 0 && from / (from - value) < share) [share, first] = [from / (from - value), i];
  });
  for (let i = 0; i < answer.length; i++) {
    const from = answer[i] as number;
    answer[i] = i === first ? 0 : Math.max(0, from + share * ((aim[i] as number) - from));
  }
  return first < 0;
}

/** Rewrites equations, in place, so that the factors that are 0 in `answer` come out as 0. */
function holdZeros({ matrix, right }: RowEquations, answer: Float64Array): void {
  const rank = right.length;
  answer.forEach((value, i) => {
    if (value > 0) return;
    for (let j = 0; j < rank; j++) matrix[i < j ? i * rank + j : j * rank + i] = 0;
    matrix[i * rank + i] = 1;
    right[i] = 0;
  });
}
