import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { rankByScore } from '../src/rank-by-score.js';

test('best first; of equal scores the lower item; only candidates', () => {
  expect(Array.from(rankByScore([5, 7, 7, 9, 1], [0, 1, 2, 4], 3))).toEqual([1, 2, 0]);
  expect(Array.from(rankByScore([1, 1, 1], [0, 1, 2], 5))).toEqual([0, 1, 2]);
  expect(rankByScore([1], [0], 0)).toHaveLength(0);
});

test('a score that is missing or no number is refused, also of the last candidate', () => {
  expect(() => rankByScore([1, NaN], [0, 1], 1)).toThrow(/item 1 is NaN/);
  expect(() => rankByScore([1], [0, 3], 1)).toThrow(/item 3 is undefined/);
});

test('the list is the head of a stable sort', () => {
  const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(-Infinity)), { maxLength: 30 });
  fc.assert(
    fc.property(scores, fc.nat(10), (drawn, length) => {
      const items = [...drawn.keys()];
      const sorted = [...items].sort((a, b) => {
        const [x, y] = [drawn[a] as number, drawn[b] as number];
        return x === y ? a - b : y - x;
      });
      expect(Array.from(rankByScore(drawn, items, length))).toEqual(sorted.slice(0, length));
    }),
  );
});
