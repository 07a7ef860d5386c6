import { ModelsError } from '../errors.js';
import { invert } from './inverse.js';

/** Ridge regularization, in users: how strongly all weights are pulled towards zero. */
const RIDGE = 100;

/** Most items of a matrix that is inverted: 0.8 GB, and minutes, since the time grows with the cube. */
export const EASE_MOST_ITEMS = 10_000;

/** @throws ModelsError MODELS_TOO_LARGE where there are more items than EASE takes; `remedy` says what to do then. */
export function checkEaseSize(itemCount: number, remedy: string): void {
  if (itemCount > EASE_MOST_ITEMS)
    throw new ModelsError(
      'MODELS_TOO_LARGE',
      `EASE inverts a matrix of all items, here ${itemCount} x ${itemCount}; it takes ${EASE_MOST_ITEMS} items at most, which is 0.8 GB and some minutes, 8 times as long for twice the items. ${remedy}`,
    );
}

/**
 * Embarrassingly shallow autoencoders (Steck 2019), exactly: the matrix of item weights, with a zero diagonal, that best predicts each user's items
 * from the user's others.
 *
 * @param seen the items of each user, none twice
 * @returns row-major, n x n: how much the row's item counts towards the column's
 */
export function easeWeights(seen: readonly ArrayLike<number>[], n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (const items of seen)
    for (let a = 0; a < items.length; a++)
      for (let b = 0; b < items.length; b++) (matrix[(items[a] as number) * n + (items[b] as number)] as number) += 1;
  for (let item = 0; item < n; item++) (matrix[item * n + item] as number) += RIDGE;
  invert(matrix, n);
  const scale = Float64Array.from({ length: n }, (_, item) => -1 / (matrix[item * n + item] as number));
  for (let from = 0; from < n; from++) {
    for (let to = 0; to < n; to++) (matrix[from * n + to] as number) *= scale[to] as number;
    matrix[from * n + from] = 0;
  }
  return matrix;
}

/** Adds up the rows of `items` in a matrix of {@link easeWeights}. */
export function addRows(weights: Float64Array, n: number, items: ArrayLike<number>, to: Float64Array): Float64Array {
  to.fill(0);
  for (let a = 0; a < items.length; a++) {
    const row = (items[a] as number) * n;
    for (let item = 0; item < n; item++) (to[item] as number) += weights[row + item] as number;
  }
  return to;
}
