import { expect, test } from '@jest/globals';

import { listEase, listItemKnn, listPopular } from '../../src/lists/list-baselines.js';
import { listsOf } from '../../src/lists/list-recommender.js';
import { pairSplitOf } from '../../src/lists/pair-split.js';
import type { IdPair } from '../../src/lists/read-lists.js';

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

test('EASE refuses more items than it can invert in a minute', () => {
  const many = pairSplitOf(
    Array.from({ length: 3_001 }, (_, item) => ['u', `${item}`] as const),
    [['u', '0']],
  );
  expect(() => listEase.learn(many)).toThrow('EASE inverts a matrix of all items, here 3001 x 3001');
});
