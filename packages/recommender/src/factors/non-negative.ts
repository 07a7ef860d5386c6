/** Sweeps after which the answer is taken as it is, as the trainer does. */
const MAX_SWEEPS = 100;

/** A sweep that moves no factor by more than this share of the largest one ends the search. */
const TOLERANCE = 1e-7;

/**
 * Finds which factors are above 0 in the solution of `matrix` x = `right` under "no factor below 0", and rewrites the system, in place, so that a
 * plain solver finds that solution: rows and columns of the others become those of x = 0.
 *
 * Cyclic coordinate descent from zero; the problem is convex, so each sweep comes closer to the one solution.
 *
 * @param matrix symmetric positive definite, row-major, the lower triangle filled
 * @returns whether each factor is above 0
 */
export function clampNonNegative(matrix: Float64Array, right: Float64Array): readonly boolean[] {
  const rank = right.length;
  const at = (i: number, j: number) => (i > j ? i * rank + j : j * rank + i);
  const answer = new Float64Array(rank);

  const improve = (i: number): number => {
    let rest = right[i] as number;
    for (let j = 0; j < rank; j++) if (j !== i) rest -= (matrix[at(i, j)] as number) * (answer[j] as number);
    const before = answer[i] as number;
    answer[i] = Math.max(0, rest / (matrix[at(i, i)] as number));
    return Math.abs((answer[i] as number) - before);
  };

  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let moved = 0;
    for (let i = 0; i < rank; i++) moved = Math.max(moved, improve(i));
    if (moved <= TOLERANCE * Math.max(...answer)) break;
  }

  const free = Array.from(answer, (value) => value > 0);
  free.forEach((isFree, i) => {
    if (isFree) return;
    for (let j = 0; j < rank; j++) matrix[at(i, j)] = 0;
    matrix[at(i, i)] = 1;
    right[i] = 0;
  });
  return free;
}
