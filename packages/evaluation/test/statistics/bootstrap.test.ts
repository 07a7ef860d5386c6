import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { bootstrap, bootstrapEach, pairedDifference } from '../../src/statistics/bootstrap.js';

const coin = Array.from({ length: 400 }, (_, n) => n % 2);

test('the interval of a fair coin tossed 400 times is about .451 to .549', () => {
  const { mean, low, high } = bootstrap(coin);
  expect(mean).toBe(0.5);
  expect(Math.abs(low - 0.451)).toBeLessThan(0.006);
  expect(Math.abs(high - 0.549)).toBeLessThan(0.006);
});

test('the same seed, the same interval; another seed, another', () => {
  expect(bootstrap(coin, { seed: 5 })).toEqual(bootstrap(coin, { seed: 5 }));
  expect(bootstrap(coin, { seed: 6 })).not.toEqual(bootstrap(coin, { seed: 5 }));
});

test('the mean lies within, and more confidence is wider', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 30 }), (values) => {
      const { mean, low, high } = bootstrap(values, { resamples: 200 });
      const wide = bootstrap(values, { resamples: 200, confidence: 0.99 });
      expect(low).toBeLessThanOrEqual(mean);
      expect(high).toBeGreaterThanOrEqual(mean);
      expect(wide.high - wide.low).toBeGreaterThanOrEqual(high - low);
    }),
  );
});

test('a paired difference cancels what is common to both', () => {
  const theirs = coin.map((value, n) => value + n);
  const ours = theirs.map((value) => value + 0.25);
  expect(pairedDifference(ours, theirs)).toEqual({ mean: 0.25, low: 0.25, high: 0.25 });
  expect(() => pairedDifference([1], [1, 2])).toThrow(/1 users cannot be paired with 2/);
});

test('of nobody, all is 0', () => {
  expect(bootstrap([])).toEqual({ mean: 0, low: 0, high: 0 });
});

test('several rows at once have the intervals that each has alone', () => {
  const row = fc.array(fc.double({ noNaN: true, min: -1, max: 1 }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 4 }), fc.integer(), (rows, seed) => {
      const options = { resamples: 50, seed };
      expect(bootstrapEach(rows, options)).toEqual(rows.map((values) => bootstrap(values, options)));
    }),
  );
});

test('the intervals are those of earlier releases', () => {
  const values = Array.from({ length: 57 }, (_, n) => ((n * 37) % 57) / 57 - 0.4);
  expect(bootstrap(values, { resamples: 300, seed: 4 })).toEqual({
    mean: 0.09122807017543855,
    low: 0.014704524469067387,
    high: 0.16326562019082788,
  });
});
