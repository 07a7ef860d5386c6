import { describe, expect, test } from '@jest/globals';

import type { Csr } from '../src/csr.js';
import { resolveOptions } from '../src/options.js';
import { preparePairs } from '../src/prepare.js';
import { trainAls } from '../src/train.js';
import { weightAt } from '../src/csr.js';

const one = { userCount: 1, itemCount: 2, users: Uint32Array.of(0, 0, 0), items: Uint32Array.of(0, 0, 1) };
const listed = ({ columns, weights }: Csr) => Array.from(columns, (_, pair) => weightAt(weights, pair));
const weightsOf = (interactions: typeof one & { weights?: Float32Array; daysAgo?: Float32Array }, given = {}) =>
  listed(preparePairs(interactions, resolveOptions(given)).byUser);

describe('weights', () => {
  test('linear: visits add up', () => expect(weightsOf(one)).toEqual([2, 1]));

  test('log: ln(1 + visits), the sign kept, alike in both orientations', () => {
    const logged = preparePairs({ ...one, weights: Float32Array.of(2, 5, -3) }, resolveOptions({ weighting: 'log' }));
    expect(weightAt(logged.byUser.weights, 0)).toBeCloseTo(Math.log(8), 6);
    expect(weightAt(logged.byUser.weights, 1)).toBeCloseTo(-Math.log(4), 6);
    expect(listed(logged.byItem)).toEqual(listed(logged.byUser));
  });

  test('a half-life: a visit that old counts half, one twice as old a quarter', () => {
    const daysAgo = Float32Array.of(0, 30, 60);
    expect(weightsOf({ ...one, daysAgo }, { halfLifeDays: 30 })).toEqual([1.5, 0.25]);
    expect(weightsOf({ ...one, daysAgo })).toEqual([2, 1]);
    expect(weightsOf({ ...one, daysAgo, weights: Float32Array.of(1, 4, 8) }, { halfLifeDays: 30 })).toEqual([3, 2]);
  });

  test('an age that is no age is refused', () => {
    for (const bad of [-1, NaN, Infinity])
      expect(() => weightsOf({ ...one, daysAgo: Float32Array.of(0, bad, 0) })).toThrow(`daysAgo[1] is ${bad}`);
    expect(() => weightsOf({ ...one, daysAgo: Float32Array.of(0) })).toThrow('daysAgo has 1 entries for 3 pairs');
  });
});

test('what does not fit into a memory is refused at once, with the bytes it would need', async () => {
  const begin = performance.now();
  const vast = { userCount: 100_000_000, itemCount: 100_000, users: Uint32Array.of(0), items: Uint32Array.of(0) };
  const refusal = await trainAls(vast, { rank: 64 }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'ALS_TOO_LARGE', exitCode: 3 });
  expect(String(refusal)).toMatch(/at least 26\d{9} bytes/);
  expect(performance.now() - begin).toBeLessThan(1000);
});
