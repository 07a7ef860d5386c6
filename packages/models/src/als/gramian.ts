/** Slices of a side whose Gramians are summed one by one. Fixed, so that the order of the additions never depends on the threads. */
export const GRAMIAN_SLICES = 16;

/** Bounds of {@link GRAMIAN_SLICES} slices of `rowCount` rows: slice k is rows `bounds[k]` to `bounds[k + 1]`. */
export const sliceBounds = (rowCount: number): Uint32Array =>
  Uint32Array.from({ length: GRAMIAN_SLICES + 1 }, (_, k) => Math.floor((rowCount * k) / GRAMIAN_SLICES));

/**
 * Adds the Gramian of rows `from` to `to` (sum of y y', upper triangle) to `sum`, `rank` x `rank`, in double precision.
 * A product of two single-precision numbers is exact in double precision; only the additions round, and in row order.
 */
function addGramian(sum: Float64Array, factors: Float32Array, rank: number, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const at = row * rank;
    for (let i = 0; i < rank; i++) {
      const left = factors[at + i] as number;
      for (let j = i; j < rank; j++)
        sum[i * rank + j] = (sum[i * rank + j] as number) + left * (factors[at + j] as number);
    }
  }
}

/**
 * Sum of the slices' Gramians in order, full and symmetric, `rank` x `rank`.
 *
 * @param sliceOf upper triangle of slice k in rows of `width` numbers; it may change when the next slice is taken.
 */
export function sumOfSlices(rank: number, width: number, sliceOf: (k: number) => Float64Array): Float64Array {
  const total = new Float64Array(rank * rank);
  for (let k = 0; k < GRAMIAN_SLICES; k++) {
    const slice = sliceOf(k);
    for (let i = 0; i < rank; i++)
      for (let j = i; j < rank; j++)
        total[i * rank + j] = (total[i * rank + j] as number) + (slice[i * width + j] as number);
  }
  for (let i = 1; i < rank; i++) for (let j = 0; j < i; j++) total[i * rank + j] = total[j * rank + i] as number;
  return total;
}

/** Y'Y of row-major factors, full and symmetric. */
export function gramian(factors: Float32Array, rank: number): Float64Array {
  const bounds = sliceBounds(factors.length / rank);
  const slice = new Float64Array(rank * rank);
  return sumOfSlices(rank, rank, (k) => {
    addGramian(slice.fill(0), factors, rank, bounds[k] as number, bounds[k + 1] as number);
    return slice;
  });
}

/** Sum over all pairs of rows of the squared score, from both Gramians: trace(X'X Y'Y). */
export function sumOfSquaredScores(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < left.length; k++) sum += (left[k] as number) * (right[k] as number);
  return sum;
}
