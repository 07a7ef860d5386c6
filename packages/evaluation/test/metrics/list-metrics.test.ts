import { expect, test } from '@jest/globals';

import { coverage } from '../../src/metrics/coverage.js';
import { novelty } from '../../src/metrics/novelty.js';
import { popularityBias } from '../../src/metrics/popularity-bias.js';

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
