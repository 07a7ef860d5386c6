import type { AlsGeneration } from '@attractions/contracts';
import { emptyEquations, factorise, setEquations, solveFactorised } from './equations.js';
import { gramian } from './gramian.js';
import { clampNonNegative } from './non-negative.js';
import { modelObjectiveOf, termsOf } from './objective.js';
import type { PairTerms } from './objective.js';

/** What one visitor did: items with factors, each once, and how much of it. The arrays have the same length. */
export interface History {
  readonly items: Uint32Array;
  /** Visits, or ratings of an explicit model; below 0 for a dislike. */
  readonly weights: Float32Array;
}

/** A visitor's factors, computed from a history. */
export interface FoldedIn {
  /** `rank` values. */
  readonly factors: Float32Array;
  /**
   * Whether the equations have only one solution. Where they have more, which happens without regularization, `factors` are 0 in each direction
   * that the history does not determine.
   */
  readonly isUnique: boolean;
  /**
   * What each item of the history adds to the score of `item`, in the order of the history; the sum is the score, since the score is
   * linear in the observations (Hu, Koren, Volinsky 2008, section 5).
   */
  contributions(item: number): Float64Array;
}

/**
 * Prepares the fold-in of a model, once: it sums the Gramian of the item factors. A visitor of n items then costs about n rank^2 / 2 operations
 * where n is below half the rank, else rank^3 / 6.
 * The factors are the exact minimum of the training loss in one user's row with all items fixed:
 *
 *     (unobserved * Y'Y + ridge * I + sum over the history of quadratic * y y') x = sum over the history of linear * y
 *
 * @throws ModelsError MODELS_MODEL_INVALID where the model does not carry its options
 */
export function foldInOf(
  model: Pick<AlsGeneration, 'rank' | 'itemFactors' | 'options'>,
): (history: History) => FoldedIn {
  const { rank, itemFactors } = model;
  const { cost, unobserved, ridge, weigh, nonNegative } = modelObjectiveOf(model);
  const shared = gramian(itemFactors, rank);
  const baseOf = (length: number) => ({
    gramian: shared,
    unobserved,
    ridge: Math.fround(ridge(length, itemFactors.length / rank)),
  });
  /** Cholesky factors L of the base, by length: there are no more of them than lengths of short histories. Undefined where there are none. */
  const factorised = remembered((length) => {
    const equations = emptyEquations(rank);
    setEquations(equations, baseOf(length), itemFactors, new Uint32Array(), []);
    return factorise(equations.matrix, rank) ? transposed(equations.matrix, rank) : undefined;
  });

  return ({ items, weights }) => {
    const terms = Array.from(weights, (weight) => termsOf(cost, weigh(weight)));
    if (!nonNegative && items.length < rank / 2) {
      const l = factorised(items.length);
      const folded = l && foldInFew(l, rank, itemFactors, items, terms);
      if (folded) return folded;
    }
    const equations = emptyEquations(rank);
    setEquations(equations, baseOf(items.length), itemFactors, items, terms);
    const free = nonNegative ? clampNonNegative(equations) : undefined;
    const { matrix, right } = equations;
    const isUnique = factorise(matrix, rank);
    return {
      factors: Float32Array.from(solveFactorised(matrix, rank, right)),
      isUnique,
      contributions: (item) => {
        const reach = new Float64Array(rank);
        for (let f = 0; f < rank; f++)
          if (free === undefined || free[f]) reach[f] = itemFactors[item * rank + f] as number;
        solveFactorised(matrix, rank, reach);
        const parts = new Float64Array(terms.length);
        terms.forEach(({ linear }, n) => {
          parts[n] = linear * dot(reach, 0, itemFactors, (items[n] as number) * rank, rank);
        });
        return parts;
      },
    };
  };
}

/** Two histories as one, each item once: those of the first, then those that only the second has. */
export function together(first: History, second: History): History {
  const weights = new Map<number, number>();
  for (const { items, weights: each } of [first, second])
    items.forEach((item, n) => weights.set(item, (weights.get(item) ?? 0) + (each[n] as number)));
  return { items: Uint32Array.from(weights.keys()), weights: Float32Array.from(weights.values()) };
}

/**
 * Folds in a history that is shorter than the rank by Woodbury's identity: with M = L L', the part of the equations that no history changes, Y the
 * rows of the history, D their quadratic weights and R the square roots of D,
 *
 *     (M + Y' D Y)^-1 Y' = M^-1 Y' R S^-1 R^-1,   S = I + R V V' R,   V = Y L'^-1
 *
 * so that a system of the history's length is solved instead of one of the rank: n rank^2 / 2 operations, where the other takes rank^3 / 6.
 *
 * @param l L, row-major
 * @param terms what each item of the history adds to the equations
 * @returns undefined where a quadratic weight is not above 0, or not finite: then the large system has to be solved
 */
function foldInFew(
  l: Float64Array,
  rank: number,
  itemFactors: Float32Array,
  items: Uint32Array,
  terms: readonly PairTerms[],
): FoldedIn | undefined {
  const n = items.length;
  const root = Float64Array.from(terms, ({ quadratic }) => Math.sqrt(quadratic));
  if (!root.every((value) => value > 0)) return undefined;
  const pull = Float64Array.from(terms, ({ linear }, k) => linear / (root[k] as number));
  const v = forwards(l, rank, itemFactors, items);
  const small = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = row; column < n; column++)
      small[row * n + column] =
        (row === column ? 1 : 0) +
        (root[row] as number) * (root[column] as number) * dot(v, row * rank, v, column * rank, rank);
  if (!factorise(small, n)) return undefined;

  const shares = solveFactorised(small, n, pull.slice()).map((value, k) => value * (root[k] as number));
  /** Y M^-1, for all explanations. */
  let reach: Float64Array | undefined;
  return {
    factors: Float32Array.from(backwards(l, rank, combined(v, rank, shares))),
    isUnique: true,
    contributions: (item) => {
      const known = (reach ??= backwardsAll(l, rank, v.slice()));
      const near = root.map((value, k) => value * dot(known, k * rank, itemFactors, item * rank, rank));
      return solveFactorised(small, n, near).map((value, k) => value * (pull[k] as number));
    },
  };
}

/** Rows that are solved side by side, so that the processor need not wait for one sum after the other. */
const ABREAST = 4;

/** L^-1 y for some rows of the factors, one after the other; padded with rows of zeros to a multiple of {@link ABREAST}. */
function forwards(l: Float64Array, rank: number, factors: Float32Array, items: Uint32Array): Float64Array {
  const v = new Float64Array(Math.ceil(items.length / ABREAST) * ABREAST * rank);
  for (let row = 0; row < items.length; row++) {
    const from = (items[row] as number) * rank;
    for (let f = 0; f < rank; f++) v[row * rank + f] = factors[from + f] as number;
  }
  for (let first = 0; first < v.length; first += ABREAST * rank) {
    const [second, third, fourth] = [first + rank, first + 2 * rank, first + 3 * rank];
    for (let f = 0; f < rank; f++) {
      const at = f * rank;
      let a = v[first + f] as number;
      let b = v[second + f] as number;
      let c = v[third + f] as number;
      let d = v[fourth + f] as number;
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

/** L'^-1 y, in place. Row by row, since L lies by rows. */
function backwards(l: Float64Array, rank: number, y: Float64Array): Float64Array {
  for (let f = rank - 1; f >= 0; f--) {
    const at = f * rank;
    const value = (y[f] as number) / (l[at + f] as number);
    y[f] = value;
    for (let g = 0; g < f; g++) y[g] = (y[g] as number) - (l[at + g] as number) * value;
  }
  return y;
}

/** L'^-1 y for each row y of `rows`, in place, {@link ABREAST} at a time. */
function backwardsAll(l: Float64Array, rank: number, rows: Float64Array): Float64Array {
  for (let first = 0; first < rows.length; first += ABREAST * rank) {
    const [second, third, fourth] = [first + rank, first + 2 * rank, first + 3 * rank];
    for (let f = rank - 1; f >= 0; f--) {
      const at = f * rank;
      const pivot = l[at + f] as number;
      const a = (rows[first + f] = (rows[first + f] as number) / pivot);
      const b = (rows[second + f] = (rows[second + f] as number) / pivot);
      const c = (rows[third + f] = (rows[third + f] as number) / pivot);
      const d = (rows[fourth + f] = (rows[fourth + f] as number) / pivot);
      for (let g = 0; g < f; g++) {
        const factor = l[at + g] as number;
        rows[first + g] = (rows[first + g] as number) - factor * a;
        rows[second + g] = (rows[second + g] as number) - factor * b;
        rows[third + g] = (rows[third + g] as number) - factor * c;
        rows[fourth + g] = (rows[fourth + g] as number) - factor * d;
      }
    }
  }
  return rows;
}

/** The rows of V, each times its share, summed. */
function combined(v: Float64Array, rank: number, shares: Float64Array): Float64Array {
  const sum = new Float64Array(rank);
  for (let row = 0; row < shares.length; row++)
    for (let f = 0; f < rank; f++)
      sum[f] = (sum[f] as number) + (shares[row] as number) * (v[row * rank + f] as number);
  return sum;
}

/** A function of a length, computed once for each. */
function remembered<T>(of: (length: number) => T): (length: number) => T {
  const known = new Map<number, { readonly value: T }>();
  return (length) => {
    const found = known.get(length) ?? { value: of(length) };
    known.set(length, found);
    return found.value;
  };
}

function transposed(matrix: Float64Array, rank: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % rank) * rank + Math.floor(at / rank)] as number);
}

function dot(
  left: Float64Array,
  from: number,
  right: Float64Array | Float32Array,
  rightFrom: number,
  rank: number,
): number {
  let sum = 0;
  for (let f = 0; f < rank; f++) sum += (left[from + f] as number) * (right[rightFrom + f] as number);
  return sum;
}
