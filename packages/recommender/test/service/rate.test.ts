import { expect, test } from '@jest/globals';
import { rateLimit } from '../../src/service/rate.js';

test('lets one asker ask so often a second, as many at once, and others too', () => {
  let nowMs = 0;
  const mayAsk = rateLimit(2, () => nowMs);
  expect([mayAsk('a'), mayAsk('a'), mayAsk('a'), mayAsk('b')]).toEqual([true, true, false, true]);
  nowMs = 499;
  expect(mayAsk('a')).toBe(false);
  nowMs = 501;
  expect([mayAsk('a'), mayAsk('a')]).toEqual([true, false]);
  nowMs = 60_000;
  expect([mayAsk('a'), mayAsk('a'), mayAsk('a')]).toEqual([true, true, false]);
});
