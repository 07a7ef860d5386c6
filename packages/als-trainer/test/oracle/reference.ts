import { CholeskyDecomposition, Matrix } from 'ml-matrix';

import { fillInitial } from '../../src/initial.js';
import type { Interactions } from '../../src/interactions.js';
import type { AlsOptions } from '../../src/options.js';
import { resolveOptions } from '../../src/options.js';

/** Dense preference and confidence of every pair, as the papers write them. */
interface Dense {
  /** Sum of the weights of each pair; 0 where there is none. */
  readonly weight: Matrix;
  /** 1 where the pair was observed. */
  readonly observed: Matrix;
}

function dense({ userCount, itemCount, users, items, weights }: Interactions): Dense {
  const weight = Matrix.zeros(userCount, itemCount);
  const observed = Matrix.zeros(userCount, itemCount);
  users.forEach((user, k) => {
    const item = items[k] as number;
    weight.set(user, item, weight.get(user, item) + (weights ? (weights[k] as number) : 1));
    observed.set(user, item, 1);
  });
  return { weight, observed };
}

/** Confidence and target of one pair, and what every pair costs: cost = c (target - d)^2 + everywhere * d^2. */
function costOf(weight: number, observed: boolean, options: AlsOptions) {
  const { implicitFeedback, preset, alpha, unobservedWeight } = options;
  if (!implicitFeedback) return { confidence: observed ? 1 : 0, target: weight, everywhere: 0 };
  if (!observed || weight === 0) return { confidence: 0, target: 0, everywhere: unobservedWeight };
  const confidence = (preset === 'implicit' ? 0 : 1) + alpha * Math.abs(weight);
  return { confidence, target: weight > 0 ? 1 : 0, everywhere: preset === 'ials' ? unobservedWeight : 0 };
}

function ridgeOf(history: number, others: number, options: AlsOptions): number {
  const { implicitFeedback, preset, regularization, regularizationExponent, unobservedWeight } = options;
  const scope = implicitFeedback && preset === 'ials' ? history + unobservedWeight * others : history;
  return regularization * scope ** regularizationExponent;
}

const historyOf = (row: number, { weight, observed }: Dense, options: AlsOptions): number =>
  observed.getRow(row).filter((seen, c) => seen === 1 && !(options.implicitFeedback && weight.get(row, c) === 0))
    .length;

/** Solves (sum (c + everywhere) y y' + ridge I) x = sum c target y for every row. */
function solveSide(pairs: Dense, fixed: Matrix, options: AlsOptions): Matrix {
  return new Matrix(
    Array.from({ length: pairs.weight.rows }, (_, row) => {
      const history = historyOf(row, pairs, options);
      if (history === 0) return Array.from({ length: options.rank }, () => 0);
      let left = Matrix.eye(options.rank).mul(ridgeOf(history, fixed.rows, options));
      let right = Matrix.zeros(options.rank, 1);
      for (let column = 0; column < fixed.rows; column++) {
        const y = fixed.getRowVector(column).transpose();
        const cost = costOf(pairs.weight.get(row, column), pairs.observed.get(row, column) === 1, options);
        left = left.add(y.mmul(y.transpose()).mul(cost.confidence + cost.everywhere));
        right = right.add(Matrix.mul(y, cost.confidence * cost.target));
      }
      return new CholeskyDecomposition(left).solve(right).to1DArray();
    }),
  );
}

function lossOf(pairs: Dense, x: Matrix, y: Matrix, options: AlsOptions): number {
  let loss = 0;
  for (let u = 0; u < x.rows; u++)
    for (let i = 0; i < y.rows; i++) {
      const score = x.getRowVector(u).dot(y.getRowVector(i));
      const cost = costOf(pairs.weight.get(u, i), pairs.observed.get(u, i) === 1, options);
      loss += cost.confidence * (cost.target - score) ** 2 + cost.everywhere * score ** 2;
    }
  const turned = { weight: pairs.weight.transpose(), observed: pairs.observed.transpose() };
  for (const [side, own, others] of [
    [pairs, x, y.rows],
    [turned, y, x.rows],
  ] as const)
    for (let row = 0; row < own.rows; row++)
      loss += ridgeOf(historyOf(row, side, options), others, options) * own.getRowVector(row).norm() ** 2;
  return loss;
}

/** A model of the reference, in double precision. */
export interface ReferenceModel {
  readonly users: Matrix;
  readonly items: Matrix;
  /** After each iteration. */
  readonly loss: number[];
}

/**
 * ALS as the papers write it: dense, over every pair, in double precision, with `ml-matrix`. Slow (users x items x rank^2 an iteration)
 * and obvious: tests hold the kernels to it. Solves exactly whatever `solver` says; does not know `nonNegative`.
 */
export function referenceAls(interactions: Interactions, given: Partial<AlsOptions> = {}): ReferenceModel {
  const options = resolveOptions(given);
  const { rank, seed } = options;
  const first = (side: 'users' | 'items', count: number, keys: Uint32Array | undefined): Matrix => {
    const factors = new Float32Array(count * rank);
    fillInitial(factors, 0, { seed, side, rank, keys });
    return Matrix.from1DArray(count, rank, factors);
  };
  const pairs = dense(interactions);
  const turned = { weight: pairs.weight.transpose(), observed: pairs.observed.transpose() };
  let users = first('users', interactions.userCount, interactions.userKeys);
  let items = first('items', interactions.itemCount, interactions.itemKeys);
  const loss: number[] = [];
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    users = solveSide(pairs, items, options);
    items = solveSide(turned, users, options);
    loss.push(lossOf(pairs, users, items, options));
  }
  return { users, items, loss };
}
