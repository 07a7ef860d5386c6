import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  averagePrecision,
  hitRate,
  ndcg,
  precision,
  recall,
  reciprocalRank,
  coverage,
  novelty,
  popularityBias,
} from '../src/metrics.js';
import type { Hits } from '../src/metrics.js';

// Three items were held out; two of them stand at places 2 and 4 of a list of 5.
const some: Hits = { k: 5, relevant: 3, places: [2, 4] };
const none: Hits = { k: 5, relevant: 3, places: [] };

test('by hand: two of three found, at places 2 and 4 of 5', () => {
  expect(hitRate(some)).toBe(1);
  expect(precision(some)).toBe(2 / 5);
  expect(recall(some)).toBe(2 / 3);
  expect(reciprocalRank(some)).toBe(1 / 2);
  // 1/2 at place 2, 2/4 at place 4, over three.
  expect(averagePrecision(some)).toBeCloseTo(1 / 3, 15);
  // (1/log2 3 + 1/log2 5) over (1 + 1/log2 3 + 1/log2 4) = 1.0616 / 2.1309.
  expect(ndcg(some)).toBeCloseTo(0.49818925746641285, 12);
});

test('nothing found is 0 in every metric', () => {
  for (const metric of [hitRate, precision, recall, reciprocalRank, averagePrecision, ndcg])
    expect(metric(none)).toBe(0);
});

test('more held out than the list is long: NDCG can still be 1, recall and MAP cannot', () => {
  const full: Hits = { k: 2, relevant: 4, places: [1, 2] };
  expect(ndcg(full)).toBe(1);
  expect(recall(full)).toBe(1 / 2);
  expect(averagePrecision(full)).toBe(1 / 2);
});

const anyHits = fc
  .record({ k: fc.integer({ min: 2, max: 12 }), missed: fc.nat(4), marks: fc.array(fc.boolean(), { maxLength: 12 }) })
  .map(({ k, missed, marks }): Hits => {
    const places = marks.slice(0, k).flatMap((isHit, n) => (isHit ? [n + 1] : []));
    return { k, relevant: Math.max(1, places.length + missed), places };
  });

test('every metric lies within 0 and 1', () => {
  fc.assert(
    fc.property(anyHits, (hits) => {
      for (const metric of [hitRate, precision, recall, reciprocalRank, averagePrecision, ndcg]) {
        expect(metric(hits)).toBeGreaterThanOrEqual(0);
        expect(metric(hits)).toBeLessThanOrEqual(1 + 1e-12);
      }
    }),
  );
});

test('a hit that moves up a place raises NDCG and MAP', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.integer({ min: 1, max: 5 }), (place, relevant) => {
      const at = (p: number): Hits => ({ k: 10, relevant, places: [p] });
      expect(ndcg(at(place - 1))).toBeGreaterThan(ndcg(at(place)));
      expect(averagePrecision(at(place - 1))).toBeGreaterThan(averagePrecision(at(place)));
    }),
  );
});

test('coverage: three of four items are shown to somebody', () => {
  expect(coverage([[0, 1], [1, 3], []], 4)).toBe(3 / 4);
});

test('novelty: seen by one in two is one bit, by one in eight three; nobody counts as one', () => {
  expect(novelty([0, 1], [4, 1, 0], 8)).toBe(2);
  expect(novelty([2], [4, 1, 0], 8)).toBe(3);
  expect(novelty([], [4, 1, 0], 8)).toBe(0);
});

test('popularity bias: a list of the most popular of 6, 2 and 1 is twice the mean of 3', () => {
  expect(popularityBias([0], [6, 2, 1])).toBe(2);
  expect(popularityBias([0, 1, 2], [6, 2, 1])).toBe(1);
  expect(popularityBias([], [6, 2, 1])).toBe(0);
});
