import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { foldIn } from '../src/fold-in.js';
import type { AlsModel } from '../src/model.js';
import type { AlsOptions } from '../src/options.js';
import { referenceAls } from './oracle/reference.js';
import { trainAls } from '../src/train.js';
import { checkerboard, fromDense, randomInteractions, shuffled } from './support/interactions.js';
import { dot, relativeError, score } from './support/scores.js';

const bytes = (model: AlsModel): Buffer =>
  Buffer.concat([Buffer.from(model.userFactors.buffer), Buffer.from(model.itemFactors.buffer)]);

describe('against the reference', () => {
  const interactions = randomInteractions(30, 20, 0.3);
  const cases: [string, Partial<AlsOptions>][] = [
    ['ials', {}],
    ['ials, exponent 0.5', { regularizationExponent: 0.5, unobservedWeight: 0.3 }],
    ['implicit', { preset: 'implicit', alpha: 3 }],
    ['spark, implicit', { preset: 'spark', implicitFeedback: true }],
    ['explicit', { implicitFeedback: false, regularization: 0.05 }],
  ];

  test.each(cases)('%s: Cholesky gives the reference’s factors within 1e-4', async (_, options) => {
    const settings = { rank: 6, iterations: 5, solver: 'cholesky', ...options } as const;
    const model = await trainAls(interactions, settings);
    const reference = referenceAls(interactions, settings);
    expect(relativeError(model.userFactors, reference.users.to1DArray())).toBeLessThan(1e-4);
    expect(relativeError(model.itemFactors, reference.items.to1DArray())).toBeLessThan(1e-4);
    expect(
      relativeError(
        model.history.map(({ loss }) => loss),
        reference.loss,
      ),
    ).toBeLessThan(1e-4);
  });

  test.each(cases)('%s: as many gradient steps as factors give the reference’s factors', async (_, options) => {
    const settings = { rank: 6, iterations: 3, ...options, solver: 'conjugate-gradient', solverSteps: 12 } as const;
    const model = await trainAls(interactions, settings);
    const reference = referenceAls(interactions, settings);
    expect(relativeError(model.userFactors, reference.users.to1DArray())).toBeLessThan(1e-3);
    expect(
      relativeError(
        model.history.map(({ loss }) => loss),
        reference.loss,
      ),
    ).toBeLessThan(1e-4);
  });

  test.each(cases)(
    '%s: after 30 iterations three gradient steps are within 1 % of the exact loss',
    async (_, options) => {
      const settings = { rank: 6, iterations: 30, ...options } as const;
      const quick = await trainAls(interactions, { ...settings, solver: 'conjugate-gradient' });
      const exact = await trainAls(interactions, { ...settings, solver: 'cholesky' });
      expect(quick.history.at(-1)?.loss).toBeLessThan((exact.history.at(-1)?.loss ?? 0) * 1.01);
    },
  );
});

describe('what a model means', () => {
  test('a checkerboard of two tastes is separated', async () => {
    const model = await trainAls(checkerboard(12), { rank: 4, iterations: 20 });
    for (let user = 0; user < 12; user++)
      for (let item = 0; item < 12; item++) {
        if (user % 2 === item % 2) expect(score(model, user, item)).toBeGreaterThan(0.8);
        else expect(Math.abs(score(model, user, item))).toBeLessThan(0.05);
      }
  });

  test('more visits to an item never lower its score while the score is below the target of 1', async () => {
    const model = await trainAls(randomInteractions(40, 25, 0.25), { rank: 8, iterations: 5 });
    const visits = fc.array(fc.integer({ min: 0, max: 24 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(visits, fc.nat(), (items, pick) => {
        const more = items[pick % items.length] as number;
        const factors = model.itemFactors.subarray(more * 8, more * 8 + 8);
        const before = dot(foldIn(model, Uint32Array.from(items)), factors);
        const after = dot(foldIn(model, Uint32Array.from([...items, more])), factors);
        expect(before < 1 ? after - before : before - after).toBeGreaterThanOrEqual(-1e-6);
      }),
    );
  });

  test('a dislike lowers the score of its item', async () => {
    const liked = fromDense([
      [1, 1, undefined],
      [1, undefined, 1],
      [1, 1, 1],
      [undefined, 1, 1],
    ]);
    const disliked = fromDense([
      [1, 1, -4],
      [1, undefined, 1],
      [1, 1, 1],
      [undefined, 1, 1],
    ]);
    const [without, withDislike] = await Promise.all(
      [liked, disliked].map((pairs) => trainAls(pairs, { rank: 2, iterations: 20 })),
    );
    expect(score(withDislike as AlsModel, 0, 2)).toBeLessThan(score(without as AlsModel, 0, 2) - 0.1);
  });

  test('the loss falls with every iteration of exact solves', async () => {
    const { history } = await trainAls(randomInteractions(50, 30, 0.2), { rank: 8, solver: 'cholesky' });
    history.slice(1).forEach(({ loss }, k) => expect(loss).toBeLessThanOrEqual((history[k]?.loss ?? 0) * (1 + 1e-6)));
  });
});

describe('the same bytes', () => {
  const interactions = randomInteractions(60, 40, 0.2);
  const options = { rank: 7, iterations: 4 };

  test('for the same seed, and others for another', async () => {
    const first = await trainAls(interactions, options);
    expect(bytes(await trainAls(interactions, options)).equals(bytes(first))).toBe(true);
    expect(bytes(await trainAls(interactions, { ...options, seed: 2 })).equals(bytes(first))).toBe(false);
  });

  test('for the pairs in any order, repeats with fractions included', async () => {
    const { users, items } = interactions;
    const weights = users.map((user, k) => 1 + ((user + k) % 5)).values();
    const third = Float32Array.from(weights, (weight) => weight / 3);
    const repeated = {
      ...interactions,
      users: Uint32Array.from([...users, ...users, ...users]),
      items: Uint32Array.from([...items, ...items, ...items]),
      weights: Float32Array.from([...third, ...third.map((w) => w / 7), ...third.map((w) => w * 1e6)]),
    };
    const first = bytes(await trainAls(repeated, options));
    expect(bytes(await trainAls(shuffled(repeated, 3), options)).equals(first)).toBe(true);
  });

  test('a user keeps its first vector when its row moves but its key does not', async () => {
    const swap = (user: number) => (user === 0 ? 1 : user === 1 ? 0 : user);
    const keys = Uint32Array.from({ length: 60 }, (_, u) => u);
    const moved = { ...interactions, users: interactions.users.map(swap), userKeys: keys.map(swap) };
    const [before, after] = await Promise.all([trainAls(interactions, options), trainAls(moved, options)]);
    expect(relativeError(after.userFactors.subarray(0, 7), before.userFactors.subarray(7, 14))).toBeLessThan(1e-3);
  });
});

describe('runs', () => {
  const interactions = randomInteractions(40, 20, 0.2);

  test('each iteration is reported', async () => {
    const seen: number[] = [];
    const run = { onIteration: (i: { iteration: number; loss: number }) => void seen.push(i.loss) };
    const { history } = await trainAls(interactions, { rank: 4, iterations: 3 }, run);
    expect(seen).toEqual(history.map(({ loss }) => loss));
    expect(history.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  });

  test('an aborted training rejects with the reason', async () => {
    const stop = new AbortController();
    const run = { signal: stop.signal, onIteration: () => stop.abort(new Error('enough')) };
    await expect(trainAls(interactions, { rank: 4, iterations: 1000 }, run)).rejects.toThrow('enough');
  });

  test('a warm start begins where the model ended, and takes new rows', async () => {
    const model = await trainAls(interactions, { rank: 4, iterations: 10 });
    const cold = await trainAls(interactions, { rank: 4, iterations: 1 });
    const warm = await trainAls(interactions, { rank: 4, iterations: 1 }, { warmStart: model });
    expect(warm.history[0]?.loss).toBeLessThan(cold.history[0]?.loss ?? 0);
    const grown = { ...interactions, userCount: 41, users: Uint32Array.from([...interactions.users, 40]) };
    const more = {
      ...grown,
      items: Uint32Array.from([...interactions.items, 3]),
      weights: new Float32Array(grown.users.length).fill(1),
    };
    const { userFactors } = await trainAls(more, { rank: 4, iterations: 1 }, { warmStart: model });
    expect(userFactors.length).toBe(41 * 4);
  });

  test('a warm start that does not fit is refused', async () => {
    const model = await trainAls(interactions, { rank: 4, iterations: 1 });
    await expect(trainAls(interactions, { rank: 5 }, { warmStart: model })).rejects.toThrow('rank 4');
    const fewer = fromDense([[1, 1]]);
    await expect(trainAls(fewer, { rank: 4 }, { warmStart: model })).rejects.toMatchObject({
      code: 'ALS_WARM_START_INVALID',
    });
  });
});
