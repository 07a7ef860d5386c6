import type { AlsModel } from '../../src/model.js';

/** Score of item `item` for user `user`. */
export function score({ rank, userFactors, itemFactors }: AlsModel, user: number, item: number): number {
  return dot(
    userFactors.subarray(user * rank, (user + 1) * rank),
    itemFactors.subarray(item * rank, (item + 1) * rank),
  );
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let f = 0; f < a.length; f++) sum += (a[f] as number) * (b[f] as number);
  return sum;
}

/** Largest difference of two arrays as a share of the largest value of the second. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let k = 0; k < expected.length; k++) {
    difference = Math.max(difference, Math.abs((actual[k] as number) - (expected[k] as number)));
    largest = Math.max(largest, Math.abs(expected[k] as number));
  }
  return difference / largest;
}
