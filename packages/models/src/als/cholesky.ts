/**
 * Factorises a symmetric positive definite matrix in place: A = L Lᵀ, L in the lower triangle. Only the lower triangle is read.
 *
 * @param a row-major, n x n
 * @returns whether it worked; false where A is not positive definite to working precision
 */
export function factorise(a: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = a[row * n + column] as number;
      for (let k = 0; k < column; k++) sum -= (a[row * n + k] as number) * (a[column * n + k] as number);
      if (column < row) a[row * n + column] = sum / (a[column * n + column] as number);
      else if (sum > 0) a[row * n + row] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L Lᵀ x = b in place, `l` from {@link factorise}; `b` becomes x. */
export function solve(l: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let row = 0; row < n; row++) {
    let sum = b[row] as number;
    for (let k = 0; k < row; k++) sum -= (l[row * n + k] as number) * (b[k] as number);
    b[row] = sum / (l[row * n + row] as number);
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row] as number;
    for (let k = row + 1; k < n; k++) sum -= (l[k * n + row] as number) * (b[k] as number);
    b[row] = sum / (l[row * n + row] as number);
  }
  return b;
}
