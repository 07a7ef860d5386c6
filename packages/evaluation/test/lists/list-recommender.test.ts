import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listEase, listItemKnn, listPopular, listsOf } from '../../src/lists/list-recommender.js';
import { pairSplitOf } from '../../src/lists/pair-split.js';
import type { IdPair } from '../../src/lists/pair-split.js';

/** Ann and Bob like a and b, Cid likes b and c, Dan c and d; Eve has a only. */
const pairs: IdPair[] = ['ann a', 'ann b', 'bob a', 'bob b', 'cid b', 'cid c', 'dan c', 'dan d', 'eve a'].map(
  (pair) => pair.split(' ') as [string, string],
);
const split = pairSplitOf(pairs, [['eve', 'b']]);
const [a, b, c, d] = [0, 1, 2, 3];
const eve = split.userIds.indexOf('eve');

test('popular: users of each item; of equal ones the first in the file, those of the user left out', () => {
  expect(Array.from(listPopular.learn(split)(eve))).toEqual([3, 3, 2, 1]);
  expect(Array.from(listsOf(listPopular, split, 2)(eve))).toEqual([b, c]);
  expect(Array.from(listsOf(listPopular, split, 9)(eve))).toEqual([b, c, d]);
});

test('item kNN: the sum of the cosines with the items of the user', () => {
  const score = listItemKnn.learn(split);
  // a and b share two of three users each, a and c none.
  const scores = score(eve);
  expect(scores[b]).toBeCloseTo(2 / 3, 12);
  expect(scores[c]).toBe(0);
  const cid = score(split.userIds.indexOf('cid'));
  expect(cid[a]).toBeCloseTo(2 / 3, 12);
  expect(cid[d]).toBeCloseTo(1 / Math.SQRT2, 12);
  // The same array, filled anew.
  expect(score(eve)[d]).toBe(0);
});

test('EASE: of two items, the share of the users of one who have the other, held back by the ridge of 100', () => {
  const two = pairSplitOf(
    pairs.filter(([, item]) => item === 'a' || item === 'b'),
    [['eve', 'b']],
  );
  // The one weight from a to b that minimises the squares is shared / (users of a + ridge).
  expect(listEase.learn(two)(two.userIds.indexOf('eve'))[b]).toBeCloseTo(2 / 103, 12);
});

test('EASE refuses more items than it can invert, before it is to learn too', () => {
  const many = pairSplitOf(
    Array.from({ length: 10_001 }, (_, item) => ['u', `${item}`] as const),
    [['u', '0']],
  );
  const sentence = 'EASE inverts a matrix of all items, here 10001 x 10001; it takes 10000 items at most';
  expect(() => listEase.check?.(many)).toThrow(sentence);
  expect(() => listEase.learn(many)).toThrow(sentence);
  expect(() => listEase.check?.(split)).not.toThrow();
});

test('item kNN is the sum of cosines, whatever the users have', () => {
  const lists = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 10 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(lists, (liked) => {
      const random = pairSplitOf(
        liked.flatMap((items, user) => items.map((item) => [`${user}`, `${item}`] as const)),
        [['0', '0']],
      );
      const usersOf = random.itemIds.map((_, item) =>
        random.seen.flatMap((items, u) => (items.includes(item) ? [u] : [])),
      );
      const cosine = (a: number, b: number) => {
        const [of, others] = [usersOf[a] as number[], usersOf[b] as number[]];
        return of.filter((user) => others.includes(user)).length / Math.sqrt(of.length * others.length || 1);
      };
      const score = listItemKnn.learn(random);
      random.seen.forEach((items, user) => {
        const scores = score(user);
        for (const item of random.itemIds.keys()) {
          const due = Array.from(items).reduce((sum, from) => sum + (from === item ? 0 : cosine(from, item)), 0);
          expect(scores[item]).toBeCloseTo(due, 10);
        }
      });
    }),
  );
});
