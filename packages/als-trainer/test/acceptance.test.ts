import { describe, expect, test } from '@jest/globals';
import { als } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { AlsTrainer } from '../src/als-trainer.js';
import { foldIn } from '../src/fold-in.js';
import type { Interactions } from '../src/interactions.js';
import type { AlsModel } from '../src/model.js';
import { normalAt } from '../src/initial.js';
import { trainAls } from '../src/train.js';
import { fromDense, randomInteractions, uniform } from './support/interactions.js';
import { dot, score } from './support/scores.js';
import { losses } from './support/training.js';
import { visitsTable } from './support/visits-table.js';

/** A `users` x `items` matrix of rank `rank` with noise, entries near -1 to 1; `share` of the cells are to be trained on. */
function lowRank({ users = 40, items = 30, rank = 1, noise = 0, share = 1 }) {
  const factor = (stream: number, row: number, f: number) => 2 * uniform(stream, row * rank + f) - 1;
  const value = (u: number, i: number) => {
    let sum = noise * normalAt(31, u * items + i);
    for (let f = 0; f < rank; f++) sum += factor(41, u, f) * factor(43, i, f);
    return sum;
  };
  const all = Array.from({ length: users }, (_, u) => Array.from({ length: items }, (_, i) => value(u, i)));
  const known = all.map((row, u) => row.map((cell, i) => (uniform(47, u * items + i) < share ? cell : undefined)));
  return { all, known };
}

/** Root of the mean squared error over the cells for which `counts` holds. */
function rootMeanSquare(
  model: AlsModel,
  cells: readonly (readonly number[])[],
  counts: (u: number, i: number) => boolean,
) {
  const errors = cells.flatMap((row, u) =>
    row.flatMap((cell, i) => (counts(u, i) ? [(cell - score(model, u, i)) ** 2] : [])),
  );
  return Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
}

const explicit = { implicitFeedback: false, regularizationExponent: 1 } as const;
const solvers = ['cholesky', 'conjugate-gradient'] as const;

describe.each(solvers)('explicit feedback, %s', (solver) => {
  const everywhere = () => true;

  test('an exact matrix of rank 1 is recovered', async () => {
    const { all, known } = lowRank({});
    const model = await trainAls(fromDense(known), {
      ...explicit,
      solver,
      rank: 1,
      iterations: 30,
      regularization: 1e-5,
    });
    expect(rootMeanSquare(model, all, everywhere)).toBeLessThan(0.001);
  });

  test('noise of .01 on rank 1 leaves an error of at most .02', async () => {
    const { all, known } = lowRank({ noise: 0.01 });
    const model = await trainAls(fromDense(known), {
      ...explicit,
      solver,
      rank: 2,
      iterations: 20,
      regularization: 0.01,
    });
    expect(rootMeanSquare(model, all, everywhere)).toBeLessThan(0.02);
  });

  test('on rank 2, half of the cells known, the other half is predicted within .1', async () => {
    const { all, known } = lowRank({ users: 80, items: 60, rank: 2, noise: 0.01, share: 0.5 });
    const model = await trainAls(fromDense(known), {
      ...explicit,
      solver,
      rank: 2,
      iterations: 30,
      regularization: 0.001,
    });
    expect(rootMeanSquare(model, all, (u, i) => known[u]?.[i] === undefined)).toBeLessThan(0.1);
  });
});

describe.each(solvers)('implicit feedback, %s', (solver) => {
  test('the error weighted by confidence is at most .3', async () => {
    const { all } = lowRank({ users: 40, items: 30, rank: 2 });
    const counts = all.map((row) => row.map((cell) => (cell > 0 ? Math.ceil(4 * cell) : undefined)));
    const options = { rank: 4, iterations: 20, regularization: 0.01, alpha: 40, solver } as const;
    const model = await trainAls(fromDense(counts), { preset: 'spark', implicitFeedback: true, ...options });
    let error = 0;
    let weight = 0;
    counts.forEach((row, u) =>
      row.forEach((count, i) => {
        const confidence = 1 + 40 * (count ?? 0);
        error += confidence * ((count ? 1 : 0) - score(model, u, i)) ** 2;
        weight += confidence;
      }),
    );
    expect(Math.sqrt(error / weight)).toBeLessThan(0.3);
  });

  test('a negative weight is a dislike, not the same as no pair', async () => {
    const liked = (third: number | undefined) =>
      fromDense([
        [1, 1, third],
        [1, undefined, 1],
        [1, 1, 1],
      ]);
    const [absent, zero, negative] = await Promise.all(
      [undefined, 0, -1].map((weight) => trainAls(liked(weight), { rank: 2, iterations: 10, solver })),
    );
    expect(zero?.userFactors).toEqual(absent?.userFactors);
    expect(negative?.userFactors).not.toEqual(absent?.userFactors);
  });

  test.each([1, 2, 50])('%i iterations stay finite, and the loss does not rise', async (iterations) => {
    const model = await trainAls(randomInteractions(60, 40, 0.15), { rank: 16, iterations, solver });
    expect([...model.userFactors, ...model.itemFactors].every(Number.isFinite)).toBe(true);
    losses(model)
      .slice(1)
      .forEach((loss, k) => expect(loss).toBeLessThanOrEqual((losses(model)[k] ?? 0) * 1.0001));
  });
});

test('non-negative factors are non-negative, and still describe the data', async () => {
  const counts = lowRank({ rank: 2 }).all.map((row) => row.map((cell) => (cell > 0.2 ? 1 : undefined)));
  const model = await trainAls(fromDense(counts), { rank: 4, iterations: 20, nonNegative: true });
  expect(Math.min(...model.userFactors, ...model.itemFactors)).toBeGreaterThanOrEqual(0);
  const mean = (of: (cell: number | undefined) => boolean) => {
    const scores = counts.flatMap((row, u) => row.flatMap((cell, i) => (of(cell) ? [score(model, u, i)] : [])));
    return scores.reduce((sum, value) => sum + value, 0) / scores.length;
  };
  expect(mean((cell) => cell === 1)).toBeGreaterThan(mean((cell) => cell === undefined) + 0.4);
});

describe('the smallest inputs', () => {
  const pairs = (userCount: number, itemCount: number, users: number[], items: number[]): Interactions => ({
    userCount,
    itemCount,
    users: Uint32Array.from(users),
    items: Uint32Array.from(items),
  });

  test.each([
    ['one user', pairs(1, 3, [0, 0], [0, 2])],
    ['one item', pairs(3, 1, [0, 2], [0, 0])],
    ['one pair', pairs(1, 1, [0], [0])],
  ])('%s', async (_, interactions) => {
    for (const solver of solvers) {
      const model = await trainAls(interactions, { rank: 4, iterations: 10, solver });
      expect(score(model, 0, 0)).toBeGreaterThan(0.5);
    }
  });

  test('a user and an item without pairs have factors of zero', async () => {
    const model = await trainAls(pairs(3, 3, [0, 2], [0, 2]), { rank: 4, iterations: 3 });
    expect([...model.userFactors.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    expect([...model.itemFactors.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
  });

  test('a pair given twice is a pair of twice the weight', async () => {
    const twice = await trainAls(pairs(2, 2, [0, 0, 1], [0, 0, 1]), { rank: 2, iterations: 3 });
    const once = await trainAls(
      { ...pairs(2, 2, [0, 1], [0, 1]), weights: Float32Array.of(2, 1) },
      { rank: 2, iterations: 3 },
    );
    expect(twice.userFactors).toEqual(once.userFactors);
  });
});

test('a model that is put into a feed is read again to the bit', async () => {
  const visits = visitsTable([
    ['ann', 'p:castle', 1],
    ['ann', 'p:wheel', 2],
    ['bob', 'p:wheel', 3],
  ]);
  const model = await new AlsTrainer({ rank: 5, iterations: 3 }).train(visits);
  const feed = openFeeds('memory:').feed(als);
  await feed.put(model, { producer: { id: 'test', package: 'test', version: '0.0.0' } });
  expect(await (await feed.latest()).read()).toEqual(model);
});

/** Kendall's tau of two rankings of the same things: the share of pairs in the same order, less that in the other. */
function kendallTau(a: readonly number[], b: readonly number[]): number {
  let agreement = 0;
  let count = 0;
  for (let k = 1; k < a.length; k++)
    for (let j = 0; j < k; j++, count++)
      agreement += Math.sign((a[k] as number) - (a[j] as number)) * Math.sign((b[k] as number) - (b[j] as number));
  return agreement / count;
}

test('folding a trained user in ranks the items as training does: Kendall’s tau of at least .9', async () => {
  const interactions = randomInteractions(80, 40, 0.2);
  const model = await trainAls(interactions, { rank: 8, iterations: 30 });
  for (const user of [0, 7, 42]) {
    const rows = [...interactions.users.keys()].filter((k) => interactions.users[k] === user);
    const items = Uint32Array.from(rows, (k) => interactions.items[k] as number);
    const folded = foldIn(
      model,
      items,
      Float32Array.from(rows, (k) => interactions.weights?.[k] as number),
    );
    const everyItem = Array.from({ length: 40 }, (_, item) => item);
    const trained = everyItem.map((item) => score(model, user, item));
    const again = everyItem.map((item) => dot(folded, model.itemFactors.subarray(item * 8, item * 8 + 8)));
    expect(kendallTau(trained, again)).toBeGreaterThanOrEqual(0.9);
  }
});
