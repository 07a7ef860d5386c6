import { factorise, solve } from './cholesky.js';
import type { FoldedIn, History } from './fold-in.js';

/** What an observed item adds to the equations; see {@link RowObjective}. */
interface Observation {
  linear(weight: number): number;
  quadratic(weight: number): number;
}

/**
 * Folds in a history that is shorter than the rank by Woodbury's identity: with M = L Lᵀ, the part of the equations that no history changes, Y the
 * rows of the history and D their quadratic weights,
 *
 *     (M + Yᵀ D Y)⁻¹ Yᵀ = M⁻¹ Yᵀ (I + D K)⁻¹,   K = Y M⁻¹ Yᵀ = V Vᵀ,   V = Y L⁻ᵀ
 *
 * so that a system of the history's length is solved in place of one of the rank: n rank² / 2 operations, where rank³ / 6 would be due.
 *
 * @param l of M, from {@link factorise}
 * @returns undefined where a quadratic weight is below 0, or the small system has no single solution: then the large one is to be solved
 */
export function foldInFew(
  l: Float64Array,
  rank: number,
  rows: Float32Array,
  { items, weights }: History,
  observation: Observation,
): FoldedIn | undefined {
  const n = items.length;
  const linear = Float64Array.from(weights, observation.linear);
  const root = Float64Array.from(weights, (weight) => Math.sqrt(observation.quadratic(weight)));
  const v = halfSolved(l, rank, rows, items);
  const k = productsOf(v, n, rank);
  const small = k.map((value, at) => value * (root[Math.floor(at / n)] as number) * (root[at % n] as number));
  for (let row = 0; row < n; row++) small[row * n + row] = 1 + (small[row * n + row] as number);
  // NaN, the root of a negative weight, is not above 0 either.
  if (!factorise(small, n)) return undefined;

  /** (I + D K)⁻¹ b. */
  const without = (b: Float64Array): Float64Array => {
    const reach = times(k, b).map((value, row) => value * (root[row] as number));
    solve(small, n, reach);
    return b.map((value, row) => value - (root[row] as number) * (reach[row] as number));
  };

  return {
    factors: Float32Array.from(backwards(l, rank, combined(v, rank, without(linear)))),
    contributions: (item) => {
      const towards = halfSolved(l, rank, rows, [item]).subarray(0, rank);
      const near = Float64Array.from(items, (_, row) => dot(v, row * rank, towards));
      // (I + K D)⁻¹ near, by the same system.
      const reach = near.map((value, row) => value * (root[row] as number));
      solve(small, n, reach);
      const lost = times(
        k,
        reach.map((value, row) => value * (root[row] as number)),
      );
      return near.map((value, row) => (linear[row] as number) * (value - (lost[row] as number)));
    },
  };
}

/** Rows that are solved side by side, so that the processor need not wait for one sum after the other. */
const ABREAST = 4;

/** L⁻¹ y for some rows of the factors, one after the other; padded with rows of zeros to a multiple of {@link ABREAST}. */
function halfSolved(l: Float64Array, rank: number, rows: Float32Array, items: ArrayLike<number>): Float64Array {
  const v = new Float64Array(Math.ceil(items.length / ABREAST) * ABREAST * rank);
  for (let row = 0; row < items.length; row++) {
    const from = (items[row] as number) * rank;
    for (let f = 0; f < rank; f++) v[row * rank + f] = rows[from + f] as number;
  }
  for (let first = 0; first < v.length; first += ABREAST * rank) {
    const [second, third, fourth] = [first + rank, first + 2 * rank, first + 3 * rank];
    for (let f = 0; f < rank; f++) {
      const at = f * rank;
      let [a, b, c, d] = [
        v[first + f] as number,
        v[second + f] as number,
        v[third + f] as number,
        v[fourth + f] as number,
      ];
      for (let g = 0; g < f; g++) {
        const factor = l[at + g] as number;
        a -= factor * (v[first + g] as number);
        b -= factor * (v[second + g] as number);
        c -= factor * (v[third + g] as number);
        d -= factor * (v[fourth + g] as number);
      }
      const pivot = l[at + f] as number;
      v[first + f] = a / pivot;
      v[second + f] = b / pivot;
      v[third + f] = c / pivot;
      v[fourth + f] = d / pivot;
    }
  }
  return v;
}

/** L⁻ᵀ y, in place. Row by row, since L lies by rows. */
function backwards(l: Float64Array, rank: number, y: Float64Array): Float64Array {
  for (let f = rank - 1; f >= 0; f--) {
    const at = f * rank;
    const value = (y[f] as number) / (l[at + f] as number);
    y[f] = value;
    for (let g = 0; g < f; g++) y[g] = (y[g] as number) - (l[at + g] as number) * value;
  }
  return y;
}

/** V Vᵀ, whole. */
function productsOf(v: Float64Array, n: number, rank: number): Float64Array {
  const products = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let f = 0; f < rank; f++) sum += (v[row * rank + f] as number) * (v[column * rank + f] as number);
      products[row * n + column] = products[column * n + row] = sum;
    }
  return products;
}

/** The rows of V, each times its number, summed. */
function combined(v: Float64Array, rank: number, shares: Float64Array): Float64Array {
  const sum = new Float64Array(rank);
  for (let row = 0; row < shares.length; row++)
    for (let f = 0; f < rank; f++)
      sum[f] = (sum[f] as number) + (shares[row] as number) * (v[row * rank + f] as number);
  return sum;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  return vector.map((_, row) => dot(matrix, row * vector.length, vector));
}

function dot(rows: Float64Array, offset: number, vector: Float64Array): number {
  let sum = 0;
  for (let f = 0; f < vector.length; f++) sum += (rows[offset + f] as number) * (vector[f] as number);
  return sum;
}
