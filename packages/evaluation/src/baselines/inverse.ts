/** Inverse of a symmetric positive definite matrix, row-major, by elimination without exchanges, which such a matrix never needs. */
export function inverse(matrix: Float64Array, n: number): Float64Array {
  const left = Float64Array.from(matrix);
  const right = new Float64Array(n * n);
  for (let row = 0; row < n; row++) right[row * n + row] = 1;
  for (let pivot = 0; pivot < n; pivot++) {
    const scale = 1 / (left[pivot * n + pivot] as number);
    for (let column = 0; column < n; column++) {
      (left[pivot * n + column] as number) *= scale;
      (right[pivot * n + column] as number) *= scale;
    }
    for (let row = 0; row < n; row++) {
      const factor = left[row * n + pivot] as number;
      if (row === pivot || factor === 0) continue;
      for (let column = 0; column < n; column++) {
        (left[row * n + column] as number) -= factor * (left[pivot * n + column] as number);
        (right[row * n + column] as number) -= factor * (right[pivot * n + column] as number);
      }
    }
  }
  return right;
}
