import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { orient } from '../src/orient.js';
import type { Csr } from '../src/csr.js';
import { checkInteractions } from '../src/interactions.js';
import { weightAt } from '../src/csr.js';
import { fromDense } from './support/interactions.js';

const one = { userCount: 1, itemCount: 1, users: Uint32Array.of(0), items: Uint32Array.of(0) };

const cells = (csr: Csr): Map<string, number> => {
  const found = new Map<string, number>();
  for (let r = 0; r < csr.rowCount; r++)
    for (let k = csr.offsets[r] as number; k < (csr.offsets[r + 1] as number); k++)
      found.set(`${r},${csr.columns[k]}`, weightAt(csr.weights, k));
  return found;
};

describe('checkInteractions', () => {
  test.each([
    ['no pairs', { ...one, users: new Uint32Array(), items: new Uint32Array() }, 'ALS_INTERACTIONS_EMPTY'],
    ['NaN', { ...one, weights: Float32Array.of(NaN) }, 'ALS_WEIGHT_INVALID'],
    ['Infinity', { ...one, weights: Float32Array.of(-Infinity) }, 'ALS_WEIGHT_INVALID'],
    ['a user out of range', { ...one, users: Uint32Array.of(1) }, 'ALS_INTERACTIONS_INVALID'],
    ['an item out of range', { ...one, items: Uint32Array.of(9) }, 'ALS_INTERACTIONS_INVALID'],
    ['lengths that differ', { ...one, items: new Uint32Array(2) }, 'ALS_INTERACTIONS_INVALID'],
    ['a count that is no whole number', { ...one, userCount: 1.5 }, 'ALS_INTERACTIONS_INVALID'],
    ['too few keys', { ...one, userKeys: new Uint32Array(2) }, 'ALS_INTERACTIONS_INVALID'],
  ])('refuses %s', (_, interactions, code) => {
    expect(() => checkInteractions(interactions)).toThrow(expect.objectContaining({ code }));
  });

  test('says the value, the place and the fix', () => {
    const interactions = { ...one, users: Uint32Array.of(4), items: Uint32Array.of(7) };
    expect(() => checkInteractions(interactions)).toThrow(
      'users[0] is 4, but userCount is 1; rows count from 0.\nitems[0] is 7, but itemCount is 1; rows count from 0.',
    );
  });
});

describe('orient', () => {
  test('by hand', () => {
    const { byUser, byItem } = orient(
      fromDense([
        [1, undefined, 2],
        [undefined, undefined, 3],
      ]),
      false,
    );
    expect([...byUser.offsets]).toEqual([0, 2, 3]);
    expect([...byUser.columns]).toEqual([0, 2, 2]);
    expect([...byItem.offsets]).toEqual([0, 1, 1, 3]);
    expect([...byItem.columns]).toEqual([0, 0, 1]);
    expect([0, 1, 2].map((k) => weightAt(byItem.weights, k))).toEqual([1, 2, 3]);
  });

  test('a pair that sums to zero stays as a rating and goes as evidence', () => {
    const pairs = { ...one, users: Uint32Array.of(0, 0), items: Uint32Array.of(0, 0), weights: Float32Array.of(2, -2) };
    expect(orient(pairs, true).byUser.columns.length).toBe(1);
    expect(orient(pairs, false).byUser.columns.length).toBe(0);
  });

  test.each([
    ['few rows', 6, 7, 9, 10],
    ['rows in blocks', 3000, 1000, 9, 300],
    ['rows in blocks, weights without codes', 3000, 1000, 2 ** 20, 600],
    ['repeats whose sums outgrow the codes', 9, 700, 250, 3000],
  ])(
    'both orientations hold the sums of all pairs, columns ascending: %s',
    (_, userCount, itemCount, max, minLength) => {
      const pair = fc.tuple(fc.nat(userCount - 1), fc.nat(itemCount - 1), fc.integer({ min: 1, max }));
      fc.assert(
        fc.property(fc.array(pair, { minLength, maxLength: 2 * minLength }), (pairs) => {
          const { byUser, byItem } = orient(
            {
              userCount,
              itemCount,
              users: Uint32Array.from(pairs, ([u]) => u),
              items: Uint32Array.from(pairs, ([, i]) => i),
              weights: Float32Array.from(pairs, ([, , w]) => w),
            },
            false,
          );
          const sums = new Map<string, number>();
          for (const [u, i, w] of pairs) sums.set(`${u},${i}`, (sums.get(`${u},${i}`) ?? 0) + w);
          const turned = [...cells(byItem)].map(([key, w]) => [key.split(',').reverse().join(','), w] as const);
          expect(cells(byUser)).toEqual(sums);
          expect(new Map(turned)).toEqual(sums);
          for (const { offsets, columns } of [byUser, byItem])
            for (let r = 0; r + 1 < offsets.length; r++) {
              const row = [...columns.subarray(offsets[r], offsets[r + 1])];
              expect(row).toEqual([...new Set(row)].sort((a, b) => a - b));
            }
        }),
        { numRuns: Math.max(3, Math.ceil(600 / minLength)) },
      );
    },
  );
});
