import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placed } from '../../src/ranking/placed.js';
import { topK } from '../../src/ranking/top-k.js';

/** The obvious version: score everything, drop what may not come, sort. */
function fullSort(factors: Float32Array, rank: number, user: Float32Array, k: number, skip: Uint32Array) {
  const scored = Array.from({ length: factors.length / rank }, (_, item) => {
    let score = 0;
    for (let f = 0; f < rank; f++) score += (factors[item * rank + f] as number) * (user[f] as number);
    return { item, score: Math.fround(score) };
  });
  return scored
    .filter(({ item, score }) => !skip.includes(item) && !Number.isNaN(score))
    .sort((a, b) => (a.score === b.score ? a.item - b.item : b.score > a.score ? 1 : -1))
    .slice(0, k);
}

/** Few distinct values, so that ties are the rule; now and then a value that spoils arithmetic. */
const value = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 5, arbitrary: fc.float({ noNaN: true, min: -4, max: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0, 3e38) },
);

const problem = fc.integer({ min: 1, max: 9 }).chain((rank) =>
  fc.record({
    rank: fc.constant(rank),
    factors: fc
      .array(fc.array(value, { minLength: rank, maxLength: rank }), { maxLength: 60 })
      .map((rows) => Float32Array.from(rows.flat())),
    user: fc.array(value, { minLength: rank, maxLength: rank }).map((row) => Float32Array.from(row)),
    k: fc.integer({ min: 0, max: 70 }),
    skip: fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 30 }).map((items) => Uint32Array.from(items)),
  }),
);

describe('topK', () => {
  test('is the head of a full sort, whatever the ties, the broken values and the items skipped', () => {
    fc.assert(
      fc.property(problem, fc.boolean(), ({ factors, rank, user, k, skip }, fast) => {
        const { items, scores } = topK(fast ? placed(factors, rank) : factors, rank, user, k, skip);
        const expected = fullSort(factors, rank, user, k, skip);
        expect([...items]).toEqual(expected.map(({ item }) => item));
        // `+ 0` since the order takes -0 and 0 for equal, and so does the comparison here.
        expect([...scores].map((score) => score + 0)).toEqual(expected.map(({ score }) => score + 0));
      }),
      { numRuns: 2_000 },
    );
  });

  test('gives the same for placed factors where scores are closer than single precision tells', () => {
    const rank = 19;
    const value = fc.float({ min: 1, max: Math.fround(1.9), noNaN: true });
    const row = fc.array(value, { minLength: rank, maxLength: rank });
    fc.assert(
      fc.property(row, row, (common, values) => {
        // Better by the least there is.
        const late = [(common[0] ?? 0) + 2 ** -23, ...common.slice(1)];
        // The list is full when the last row comes, and that row alone may change it.
        const factors = Float32Array.from([...Array.from({ length: 64 }, () => common).flat(), ...late]);
        // Sums on the way are large, and cancel.
        const user = Float32Array.from(values, (value, f) => (f % 2 === 0 ? value : -value));
        expect(topK(placed(factors, rank), rank, user, 1)).toEqual(topK(factors, rank, user, 1));
      }),
      { numRuns: 500 },
    );
  });

  test('gives the same for placed factors by the ten thousand, whatever is skipped', () => {
    const rank = 8;
    let state = 1;
    const random = () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32) * 2 - 1;
    const factors = Float32Array.from({ length: 30_001 * rank }, random);
    for (let n = 0; n < 20; n++) {
      const user = Float32Array.from({ length: rank }, random);
      const skip = topK(factors, rank, user, 50).items;
      expect(topK(placed(factors, rank), rank, user, 50)).toEqual(topK(factors, rank, user, 50));
      expect(topK(placed(factors, rank), rank, user, 50, skip)).toEqual(topK(factors, rank, user, 50, skip));
    }
  });

  test('breaks ties by the lower item', () => {
    const { items, scores } = topK(Float32Array.of(1, 2, 2, 1, 2), 1, Float32Array.of(1), 4);
    expect([...items]).toEqual([1, 2, 4, 0]);
    expect([...scores]).toEqual([2, 2, 2, 1]);
  });

  test('gives all items where k is larger, and none where k is 0', () => {
    const factors = Float32Array.of(1, 3, 2);
    expect([...topK(factors, 1, Float32Array.of(1), 9).items]).toEqual([1, 2, 0]);
    expect(topK(factors, 1, Float32Array.of(1), 0)).toEqual({ items: new Uint32Array(), scores: new Float32Array() });
    expect([...topK(new Float32Array(), 4, new Float32Array(4), 3).items]).toEqual([]);
  });

  test('returns an item of minus infinity, never one that is not a number', () => {
    expect([...topK(Float32Array.of(NaN, -Infinity, 1), 1, Float32Array.of(1), 3).items]).toEqual([2, 1]);
  });

  test.each([
    ['rank', () => topK(new Float32Array(4), 0, new Float32Array(0), 1), 'rank is 0'],
    ['k', () => topK(new Float32Array(4), 2, new Float32Array(2), 1.5), 'k is 1.5'],
    ['user', () => topK(new Float32Array(4), 2, new Float32Array(3), 1), '3 values where rank is 2'],
    [
      'factors',
      () => topK(new Float32Array(5), 2, new Float32Array(2), 1),
      '5 values, which is not a multiple of rank 2',
    ],
  ])('refuses a wrong %s with the value', (_, call, words) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(words);
  });
});
