import { expect, test } from '@jest/globals';
import { itemKnn, popular, popularInPark } from '../../src/baselines.js';
import { judge } from '../../src/judge/judge.js';
import { lastNewAttraction } from '../../src/splits/protocols.js';
import { logOf } from '../support/log.js';

// In p: 1 has three visitors, 2 two, 3 two, 4 one; ann is asked where she goes after 1. In q: one attraction with four visitors.
const split = lastNewAttraction(
  logOf([
    ['bob', 'p:1', 1],
    ['bob', 'p:2', 2],
    ['cid', 'p:1', 3],
    ['cid', 'p:3', 4],
    ['dan', 'p:2', 5],
    ['eve', 'p:3', 6],
    ['ann', 'p:1', 7],
    ['ann', 'p:4', 8],
    ['fay', 'p:4', 9],
    ['bob', 'q:1', 10],
    ['cid', 'q:1', 11],
    ['dan', 'q:1', 12],
    ['eve', 'q:1', 13],
  ]),
  2,
);
const ann = split.requests.findIndex(({ user }) => split.training.names.userIds[user] === 'ann');
const listOf = (rankings: readonly Uint32Array[] | undefined) =>
  Array.from(rankings?.[ann] ?? [], (item) => split.training.names.attractionIds[item]);

test('baselines by hand, within the park', async () => {
  const [everywhere, inPark] = await judge(split, [popular, popularInPark]);
  // Bob's 2 and cid's 3 are held out too: 2, 3 and 4 have one visitor each, and the lower number comes first.
  expect(listOf(inPark?.rankings)).toEqual(['p:2', 'p:3', 'p:4']);
  expect(listOf(everywhere?.rankings)).toEqual(listOf(inPark?.rankings));
});

test('among all attractions, popular names the other park first, popular in park last', async () => {
  const [everywhere, inPark] = await judge(split, [popular, popularInPark], { candidates: 'all' });
  expect(listOf(everywhere?.rankings)).toEqual(['q:1', 'p:2', 'p:3', 'p:4']);
  expect(listOf(inPark?.rankings)).toEqual(['p:2', 'p:3', 'p:4', 'q:1']);
});

test('item kNN by hand: the cosine of shared visitors', async () => {
  const log = logOf([
    ['a', 'p:1', 1],
    ['a', 'p:2', 2],
    ['b', 'p:1', 3],
    ['b', 'p:3', 4],
    ['c', 'p:3', 5],
  ]);
  const score = await itemKnn.learn(log);
  const scores = score({ user: 0, park: 0, time: 0, visited: Uint32Array.of(0) });
  expect(Array.from(scores)).toEqual([0, 1 / Math.sqrt(2), 1 / 2]);
});

test('visited attractions never compete', async () => {
  const [judged] = await judge(split, [popularInPark], { candidates: 'all' });
  split.requests.forEach(({ visited }, request) => {
    for (const item of visited) expect(judged?.rankings[request]).not.toContain(item);
  });
});

test('scores of another vocabulary and scores that are no number are refused', async () => {
  const contender = (scores: number[]) => ({ name: 'odd', description: '', learn: () => () => scores });
  await expect(judge(split, [contender([1, 2])])).rejects.toThrow(/'odd' gave 2 scores for 5 attractions/);
  await expect(judge(split, [contender([NaN, NaN, NaN, NaN, NaN])])).rejects.toThrow(/is NaN/);
});
