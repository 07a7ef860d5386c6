import { describe, expect, test } from '@jest/globals';

import { holdOut } from '../src/early-stop.js';
import { resolveOptions } from '../src/options.js';
import { preparePairs } from '../src/prepare.js';
import { trainAls } from '../src/train.js';
import { randomInteractions, shuffled } from './support/interactions.js';
import { factorBytes } from './support/training.js';

const interactions = randomInteractions(120, 60, 0.2);

describe('holding out', () => {
  const options = resolveOptions({ heldOutShare: 0.2 });
  const pairs = preparePairs(interactions, options);
  const { pairs: kept, heldOut } = holdOut(pairs, interactions, options);

  test('parts the pairs in two, by the share', () => {
    const all = pairs.byUser.columns.length;
    expect(kept.byUser.columns.length + heldOut.columns.length).toBe(all);
    expect(heldOut.columns.length / all).toBeGreaterThan(0.16);
    expect(heldOut.columns.length / all).toBeLessThan(0.24);
    for (let user = 0; user < 120; user++) {
      const of = (csr: typeof heldOut) => [...csr.columns.subarray(csr.offsets[user], csr.offsets[user + 1])];
      const whole = [...of(kept.byUser), ...of(heldOut)].sort((a, b) => a - b);
      expect(whole).toEqual(of(pairs.byUser));
    }
    expect(kept.byItem.columns.length).toBe(kept.byUser.columns.length);
  });

  test('takes others for another seed', () => {
    const other = holdOut(pairs, interactions, resolveOptions({ heldOutShare: 0.2, seed: 2 })).heldOut;
    expect([...other.columns]).not.toEqual([...heldOut.columns]);
  });
});

describe('early stop', () => {
  // Noise has nothing to learn: the held-out loss soon rises.
  const options = { rank: 16, iterations: 60, heldOutShare: 0.2, patience: 3, unobservedWeight: 0.5 };

  test('ends after `patience` iterations without a lower held-out loss, with the best factors', async () => {
    const model = await trainAls(interactions, options);
    const losses = model.history.map(({ heldOutLoss }) => heldOutLoss ?? NaN);
    const best = losses.indexOf(Math.min(...losses));
    expect(losses.length).toBeLessThan(60);
    expect(losses.length).toBe(best + 1 + options.patience);
    const upToBest = await trainAls(interactions, { ...options, iterations: best + 1, patience: 100 });
    expect(factorBytes(model).equals(factorBytes(upToBest))).toBe(true);
  });

  test('gives the same bytes for shuffled pairs', async () => {
    const [first, second] = await Promise.all(
      [interactions, shuffled(interactions, 4)].map((pairs) => trainAls(pairs, options)),
    );
    expect(first && second && factorBytes(first).equals(factorBytes(second))).toBe(true);
  });
});
