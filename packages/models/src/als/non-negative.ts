import { factorise, solve } from './cholesky.js';

/** Rounds after which the answer is taken as it is; a handful is usual, since each but the last changes which factors are 0. */
const MAX_ROUNDS = 100;

/** A slope below this share of the steepest counts as flat. */
const TOLERANCE = 1e-10;

/**
 * Finds which factors are above 0 in the solution of `matrix` x = `right` under "no factor below 0", and rewrites the system, in place, so that a
 * plain solver finds that solution: rows and columns of the others become those of x = 0.
 *
 * A sweep of coordinate descent says which factors want to leave 0; then the system of the free ones is solved exactly, and gone towards until the
 * first of them reaches 0 (Lawson, Hanson 1974, chapter 23). Each step lowers a convex loss, so the rounds end at the one solution.
 *
 * @param matrix symmetric positive definite, row-major, the lower triangle filled
 * @returns whether each factor is above 0
 */
export function clampNonNegative(matrix: Float64Array, right: Float64Array): readonly boolean[] {
  const steepest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const answer = new Float64Array(right.length);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    sweep(matrix, right, answer);
    const free = Array.from(answer, (value) => value > 0);
    const [held, aim] = [matrix.slice(), right.slice()];
    hold(held, aim, free);
    if (!factorise(held, right.length)) break;
    const isWhole = goTowards(answer, solve(held, right.length, aim));
    if (isWhole && !free.some((isFree, i) => !isFree && slope(matrix, right, answer, i) > TOLERANCE * steepest)) break;
  }
  const free = Array.from(answer, (value) => value > 0);
  hold(matrix, right, free);
  return free;
}

/** Sets each factor in turn to its best value of 0 or more while the others are held. */
function sweep(matrix: Float64Array, right: Float64Array, answer: Float64Array): void {
  const rank = right.length;
  for (let i = 0; i < rank; i++) {
    const better = (answer[i] as number) + slope(matrix, right, answer, i) / (matrix[i * rank + i] as number);
    answer[i] = Math.max(0, better);
  }
}

/** How fast the loss falls, halved, as factor `i` grows. */
function slope(matrix: Float64Array, right: Float64Array, answer: Float64Array, i: number): number {
  const rank = right.length;
  let rest = right[i] as number;
  for (let j = 0; j < rank; j++)
    rest -= (matrix[i > j ? i * rank + j : j * rank + i] as number) * (answer[j] as number);
  return rest;
}

/** Moves `answer` to `aim`, or as far as no factor falls below 0. Returns whether it came all the way. */
function goTowards(answer: Float64Array, aim: Float64Array): boolean {
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

/** Rewrites equations, in place, so that the factors that are not free come out as 0. */
function hold(matrix: Float64Array, right: Float64Array, free: readonly boolean[]): void {
  const rank = right.length;
  free.forEach((isFree, i) => {
    if (isFree) return;
    for (let j = 0; j < rank; j++) matrix[i > j ? i * rank + j : j * rank + i] = 0;
    matrix[i * rank + i] = 1;
    right[i] = 0;
  });
}
