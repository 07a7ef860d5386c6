/** Rows of one partial sum. Fixed, so that the order of the additions never depends on the number of threads. */
export const gramianBlockRows = 1024;

/**
 * Adds the Gramian of rows `from` to `to` (sum of y y', upper triangle) to `sum`, `rank` x `rank`, in double precision.
 * A product of two single-precision numbers is exact in double precision; only the additions round, and in row order.
 */
export function addGramian(sum: Float64Array, factors: Float32Array, rank: number, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const at = row * rank;
    for (let i = 0; i < rank; i++) {
      const left = factors[at + i] as number;
      for (let j = i; j < rank; j++)
        sum[i * rank + j] = (sum[i * rank + j] as number) + left * (factors[at + j] as number);
    }
  }
}

/** Copies the upper triangle of a square matrix below its diagonal. */
export function mirror(matrix: Float64Array, rank: number): void {
  for (let i = 1; i < rank; i++) for (let j = 0; j < i; j++) matrix[i * rank + j] = matrix[j * rank + i] as number;
}

/** Y'Y of row-major factors, full and symmetric: blocks of {@link gramianBlockRows} rows, added in order. */
export function gramian(factors: Float32Array, rank: number): Float64Array {
  const total = new Float64Array(rank * rank);
  const block = new Float64Array(rank * rank);
  const rows = factors.length / rank;
  for (let from = 0; from < rows; from += gramianBlockRows) {
    block.fill(0);
    addGramian(block, factors, rank, from, Math.min(rows, from + gramianBlockRows));
    for (let k = 0; k < total.length; k++) total[k] = (total[k] as number) + (block[k] as number);
  }
  mirror(total, rank);
  return total;
}

/** Sum over all pairs of rows of the squared score, from both Gramians: trace(X'X Y'Y). */
export function sumOfSquaredScores(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < left.length; k++) sum += (left[k] as number) * (right[k] as number);
  return sum;
}
