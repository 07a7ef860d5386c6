import type { PairTerms } from './objective.js';

/** The linear system of one row, `matrix` x = `right`, in double precision; `matrix` is rank x rank, row-major, and only its upper triangle is filled and read. */
export interface RowEquations {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
}

/** What the equations of every row begin with, and what a row of this length adds to the diagonal. */
export interface EquationsBase {
  /** Y'Y of the other side's factors, rank x rank. */
  readonly gramian: Float64Array;
  /** Weight of `gramian`. */
  readonly unobserved: number;
  readonly ridge: number;
}

/** Memory for the equations of one row, used again for the next. */
export const emptyEquations = (rank: number): RowEquations => ({
  matrix: new Float64Array(rank * rank),
  right: new Float64Array(rank),
});

/**
 * Writes the equations of one row: (unobserved Y'Y + ridge I + sum of quadratic y y') x = sum of linear y.
 * The additions are made in the order of the pairs: the bytes of a trained model depend on it.
 *
 * @param factors of the other side, row-major
 * @param columns the rows of `factors` that the row is paired with
 * @param terms of each pair
 */
export function setEquations(
  equations: RowEquations,
  { gramian, unobserved, ridge }: EquationsBase,
  factors: Float32Array,
  columns: Uint32Array,
  terms: readonly PairTerms[],
): void {
  const { matrix, right } = equations;
  const rank = right.length;
  for (let k = 0; k < matrix.length; k++) matrix[k] = unobserved * (gramian[k] as number);
  for (let i = 0; i < rank; i++) matrix[i * rank + i] = (matrix[i * rank + i] as number) + ridge;
  right.fill(0);
  let k = 0;
  for (; k + 1 < terms.length; k += 2) addTwo(equations, factors, columns, terms, k);
  if (k === terms.length) return;
  const { linear, quadratic } = terms[k] as PairTerms;
  const at = (columns[k] as number) * rank;
  for (let i = 0; i < rank; i++) {
    const value = factors[at + i] as number;
    right[i] = (right[i] as number) + linear * value;
    for (let j = i, scaled = quadratic * value; j < rank; j++)
      matrix[i * rank + j] = (matrix[i * rank + j] as number) + scaled * (factors[at + j] as number);
  }
}

/** Adds pairs `k` and `k + 1`, one after the other, in one pass over the matrix: it takes half the time of two. */
function addTwo(
  { matrix, right }: RowEquations,
  factors: Float32Array,
  columns: Uint32Array,
  terms: readonly PairTerms[],
  k: number,
): void {
  const rank = right.length;
  const [a, b] = [terms[k] as PairTerms, terms[k + 1] as PairTerms];
  const [atA, atB] = [(columns[k] as number) * rank, (columns[k + 1] as number) * rank];
  for (let i = 0; i < rank; i++) {
    const valueA = factors[atA + i] as number;
    const valueB = factors[atB + i] as number;
    right[i] = (right[i] as number) + a.linear * valueA + b.linear * valueB;
    const scaledA = a.quadratic * valueA;
    const scaledB = b.quadratic * valueB;
    for (let j = i; j < rank; j++)
      matrix[i * rank + j] =
        (matrix[i * rank + j] as number) +
        scaledA * (factors[atA + j] as number) +
        scaledB * (factors[atB + j] as number);
  }
}

/**
 * Factorises a symmetric matrix in place by Cholesky's method: A = U'U, U in the upper triangle. Only the upper triangle is read.
 * The rows above are subtracted from each row in their order, four in one pass, which takes half the time of one per pass.
 *
 * @param a row-major, n x n
 * @returns whether A is positive definite to working precision. Where it is not, {@link solveFactorised} gives 0 in each direction that is
 * not determined (a pivot that is not above 0: no ridge, too few pairs).
 */
export function factorise(a: Float64Array, n: number): boolean {
  let isDefinite = true;
  for (let k = 0; k < n; k++) {
    const row = k * n;
    let above = 0;
    for (; above + 3 * n < row; above += 4 * n) subtractFour(a, n, row, above, k);
    for (; above < row; above += n) {
      const factor = a[above + k] as number;
      for (let j = k; j < n; j++) a[row + j] = (a[row + j] as number) - factor * (a[above + j] as number);
    }
    const pivot = a[row + k] as number;
    const scale = pivot > 0 ? 1 / Math.sqrt(pivot) : 0;
    if (!(pivot > 0)) isDefinite = false;
    for (let j = k; j < n; j++) a[row + j] = (a[row + j] as number) * scale;
  }
  return isDefinite;
}

/** Subtracts four rows, from `above`, from `row`, each times its own value in column `k`. */
function subtractFour(a: Float64Array, n: number, row: number, above: number, k: number): void {
  const [second, third, fourth] = [above + n, above + 2 * n, above + 3 * n];
  const w = a[above + k] as number;
  const x = a[second + k] as number;
  const y = a[third + k] as number;
  const z = a[fourth + k] as number;
  for (let j = k; j < n; j++)
    a[row + j] =
      (a[row + j] as number) -
      w * (a[above + j] as number) -
      x * (a[second + j] as number) -
      y * (a[third + j] as number) -
      z * (a[fourth + j] as number);
}

/** Solves U'U x = b in place, `u` from {@link factorise}; `b` becomes x. */
export function solveFactorised(u: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    const diagonal = u[i * n + i] as number;
    const value = diagonal > 0 ? (b[i] as number) / diagonal : 0;
    b[i] = value;
    for (let j = i + 1; j < n; j++) b[j] = (b[j] as number) - value * (u[i * n + j] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    let value = b[i] as number;
    for (let j = i + 1; j < n; j++) value -= (u[i * n + j] as number) * (b[j] as number);
    const diagonal = u[i * n + i] as number;
    b[i] = diagonal > 0 ? value / diagonal : 0;
  }
  return b;
}

/** Solves equations in place: `matrix` becomes its Cholesky factor, `right` the answer, which is returned. */
export function solveCholesky({ matrix, right }: RowEquations): Float64Array {
  factorise(matrix, right.length);
  return solveFactorised(matrix, right.length, right);
}
