import { expect, test } from '@jest/globals';
import { topKAll } from '../../src/ranking/top-k-all.js';
import { topK } from '../../src/ranking/top-k.js';

let state = 7;
const random = () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32) * 2 - 1;
const rank = 6;
const factors = Float32Array.from({ length: 900 * rank }, random);
const users = Float32Array.from({ length: 75 * rank }, random);
const userOf = (user: number) => users.subarray(user * rank, (user + 1) * rank);

test.each([1, 2, 5])('gives every user the list of topK, on %i threads', async (threads) => {
  const all = await topKAll(factors, rank, users, 10, { threads });
  expect(all.userCount).toBe(75);
  for (let user = 0; user < 75; user++) expect(all.of(user)).toEqual(topK(factors, rank, userOf(user), 10));
});

test('skips what each user is not to get; a list may then be shorter than k', async () => {
  const few = factors.subarray(0, 4 * rank);
  const skip = { offsets: Uint32Array.of(0, 1, 4), items: Uint32Array.of(2, 0, 1, 3) };
  const all = await topKAll(few, rank, users.subarray(0, 2 * rank), 10, { skip, threads: 2 });
  expect(all.of(0)).toEqual(topK(few, rank, userOf(0), 10, Uint32Array.of(2)));
  expect([...all.of(0).items].sort()).toEqual([0, 1, 3]);
  expect([...all.of(1).items]).toEqual([2]);
});

test('no users, or no items to rank, is not an error', async () => {
  expect((await topKAll(factors, rank, new Float32Array(), 3)).userCount).toBe(0);
  expect([...(await topKAll(new Float32Array(), rank, users, 3)).of(74).items]).toEqual([]);
});

test.each([
  ['users', () => topKAll(factors, rank, new Float32Array(5), 1), '5 values, which is not a multiple of rank 6'],
  ['threads', () => topKAll(factors, rank, users, 1, { threads: 0 }), 'threads is 0'],
  [
    'skip',
    () => topKAll(factors, rank, users, 1, { skip: { offsets: new Uint32Array(3), items: new Uint32Array() } }),
    '3 offsets for 75 users',
  ],
])('refuses wrong %s with the value', async (_, call, words) => {
  await expect(call()).rejects.toThrow(words);
});
