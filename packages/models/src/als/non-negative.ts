import { solveCholesky } from './equations.js';
import type { RowEquations } from './equations.js';

/** Sweeps after which a row is taken as it is; the next iteration of a training continues from there. */
const MAX_SWEEPS = 100;

/** A sweep that moves no factor by more than this share of the largest one ends the row. */
const MOVE_TOLERANCE = 1e-7;

/** Times that a factor is freed, on average; so many are never needed but where rounding decides. */
const MOST_FREED = 10;

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
 * The active set method of Lawson and Hanson (1974, chapter 23), which begins with the factors that a sweep of coordinate descent makes positive: the
 * equations of the free factors are solved, and the answer moves towards that solution until a factor reaches 0, which is then held there. Once it
 * has arrived, the factor with the steepest slope is freed. The loss falls with each factor that is freed, so no set of them comes twice.
 *
 * @returns whether each factor is free
 */
export function clampNonNegative(equations: RowEquations): readonly boolean[] {
  const { matrix, right } = equations;
  const flat = SLOPE_TOLERANCE * right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const answer = new Float64Array(right.length);
  for (let i = 0; i < answer.length; i++) improve(equations, answer, i);
  const free = Array.from(answer, (value) => value > 0);
  /** Factors that rounding alone makes steep: freed, they did not leave 0. */
  const refused = new Set<number>();
  for (let freed = -1, rounds = 0; ;) {
    const held = { matrix: matrix.slice(), right: right.slice() };
    hold(held, free);
    const isNew = freed >= 0 && answer[freed] === 0;
    const blocking = moveTowards(answer, solveCholesky(held));
    if (blocking >= 0) {
      free[blocking] = false;
      if (isNew && blocking === freed) refused.add(freed);
      continue;
    }
    const others = Array.from(free, (isFree, i) => (isFree || refused.has(i) ? 0 : restOf(equations, answer, i)));
    freed = others.reduce((most, slope, i) => (slope > (others[most] ?? flat) ? i : most), -1);
    if (freed < 0 || rounds++ === MOST_FREED * right.length) break;
    free[freed] = true;
  }
  hold(equations, free);
  return free;
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

/** Moves `answer` to `aim`, or as far as no factor falls below 0. Returns the factor that reaches 0 first, or -1 where it arrives. */
function moveTowards(answer: Float64Array, aim: Float64Array): number {
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
  return first;
}

/** Rewrites equations, in place, so that the factors that are not free come out as 0. */
function hold({ matrix, right }: RowEquations, free: readonly boolean[]): void {
  const rank = right.length;
  free.forEach((isFree, i) => {
    if (isFree) return;
    for (let j = 0; j < rank; j++) matrix[i < j ? i * rank + j : j * rank + i] = 0;
    matrix[i * rank + i] = 1;
    right[i] = 0;
  });
}
