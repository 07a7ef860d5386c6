/** Rows and columns that are eliminated at once; a stripe of as many rows by as many columns, 32 kB, stays in a core's first cache. */
const BLOCK = 64;

/**
 * Inverts a symmetric positive definite matrix in place, by the symmetric form of Gauss-Jordan elimination in blocks (the sweep operator), without pivoting, which such
 * a matrix does not need: n^3 / 2 multiplications, and memory for the matrix and 2 n rows of a block.
 *
 * @param matrix row-major, n x n; the lower triangle is read, both are written.
 */
export function invert(matrix: Float64Array, n: number): Float64Array {
  const columns = new Float64Array(n * BLOCK);
  const solved = new Float64Array(n * BLOCK);
  for (let first = 0; first < n; first += BLOCK) {
    const size = Math.min(BLOCK, n - first);
    const pivot = invertedPivot(matrix, n, first, size);
    takeColumns(matrix, n, columns, first, size);
    multiply(columns, pivot, solved, n);
    subtractProducts(matrix, n, solved, columns);
    putBack(matrix, n, solved, pivot, first, size);
  }
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++)
      matrix[column * n + row] = matrix[row * n + column] = -(matrix[row * n + column] as number);
  return matrix;
}

/** The inverse of the block on the diagonal, BLOCK x BLOCK; beyond `size` zero. */
function invertedPivot(matrix: Float64Array, n: number, first: number, size: number): Float64Array {
  const block = new Float64Array(BLOCK * BLOCK);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++)
      block[a * BLOCK + b] = matrix[(first + Math.max(a, b)) * n + first + Math.min(a, b)] as number;
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / (block[pivot * BLOCK + pivot] as number);
    block[pivot * BLOCK + pivot] = 1;
    for (let b = 0; b < size; b++) (block[pivot * BLOCK + b] as number) *= scale;
    for (let a = 0; a < size; a++) {
      const factor = block[a * BLOCK + pivot] as number;
      if (a === pivot || factor === 0) continue;
      block[a * BLOCK + pivot] = 0;
      for (let b = 0; b < size; b++) (block[a * BLOCK + b] as number) -= factor * (block[pivot * BLOCK + b] as number);
    }
  }
  return block;
}

/** The columns of the block as rows of BLOCK, with zeros for the block itself, so that no other update changes it. */
function takeColumns(matrix: Float64Array, n: number, to: Float64Array, first: number, size: number): void {
  to.fill(0);
  for (let a = 0; a < size; a++)
    for (let row = 0; row < first; row++) to[row * BLOCK + a] = matrix[(first + a) * n + row] as number;
  for (let row = first + size; row < n; row++)
    for (let a = 0; a < size; a++) to[row * BLOCK + a] = matrix[row * n + first + a] as number;
}

/** `to` = `rows` x `pivot`, all of BLOCK columns. */
function multiply(rows: Float64Array, pivot: Float64Array, to: Float64Array, n: number): void {
  to.fill(0);
  for (let row = 0; row < n * BLOCK; row += BLOCK)
    for (let k = 0; k < BLOCK; k++) {
      const factor = rows[row + k] as number;
      if (factor === 0) continue;
      for (let b = 0; b < BLOCK; b++) (to[row + b] as number) += factor * (pivot[k * BLOCK + b] as number);
    }
}

/**
 * Subtracts from each cell of the lower triangle the product of its row of `left` and its column's row of `right`: most of the time goes here. What it
 * writes above the diagonal, within a stripe, is not read.
 */
function subtractProducts(matrix: Float64Array, n: number, left: Float64Array, right: Float64Array): void {
  for (let stripe = 0; stripe < n; stripe += BLOCK) {
    const end = Math.min(stripe + BLOCK, n);
    const tiled = stripe + ((end - stripe) & ~3);
    let row = stripe;
    for (; row + 1 < n; row += 2) {
      for (let column = stripe; column < tiled; column += 4) subtractTile(matrix, n, left, right, row, column);
      for (let column = tiled; column < end; column++) {
        subtractCell(matrix, n, left, right, row, column);
        subtractCell(matrix, n, left, right, row + 1, column);
      }
    }
    if (row < n) for (let column = stripe; column < end; column++) subtractCell(matrix, n, left, right, row, column);
  }
}

function subtractCell(
  matrix: Float64Array,
  n: number,
  left: Float64Array,
  right: Float64Array,
  row: number,
  column: number,
): void {
  let sum = 0;
  for (let k = 0; k < BLOCK; k++) sum += (left[row * BLOCK + k] as number) * (right[column * BLOCK + k] as number);
  (matrix[row * n + column] as number) -= sum;
}

/** Two rows by four columns: eight sums stay in registers, and six numbers are loaded for eight products. */
function subtractTile(
  matrix: Float64Array,
  n: number,
  left: Float64Array,
  right: Float64Array,
  row: number,
  column: number,
): void {
  let l = row * BLOCK;
  let r = column * BLOCK;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (const end = l + BLOCK; l < end; l++, r++) {
    const upper = left[l] as number;
    const lower = left[l + BLOCK] as number;
    const r0 = right[r] as number;
    const r1 = right[r + BLOCK] as number;
    const r2 = right[r + 2 * BLOCK] as number;
    const r3 = right[r + 3 * BLOCK] as number;
    s00 += upper * r0;
    s01 += upper * r1;
    s02 += upper * r2;
    s03 += upper * r3;
    s10 += lower * r0;
    s11 += lower * r1;
    s12 += lower * r2;
    s13 += lower * r3;
  }
  const above = row * n + column;
  const below = above + n;
  (matrix[above] as number) -= s00;
  (matrix[above + 1] as number) -= s01;
  (matrix[above + 2] as number) -= s02;
  (matrix[above + 3] as number) -= s03;
  (matrix[below] as number) -= s10;
  (matrix[below + 1] as number) -= s11;
  (matrix[below + 2] as number) -= s12;
  (matrix[below + 3] as number) -= s13;
}

/** The swept block: its columns are the solved ones, its diagonal block is the negative inverse. */
function putBack(
  matrix: Float64Array,
  n: number,
  solved: Float64Array,
  pivot: Float64Array,
  first: number,
  size: number,
): void {
  for (let a = 0; a < size; a++) {
    for (let row = 0; row < first; row++) matrix[(first + a) * n + row] = solved[row * BLOCK + a] as number;
    for (let b = 0; b <= a; b++) matrix[(first + a) * n + first + b] = -(pivot[a * BLOCK + b] as number);
  }
  for (let row = first + size; row < n; row++)
    for (let a = 0; a < size; a++) matrix[row * n + first + a] = solved[row * BLOCK + a] as number;
}
