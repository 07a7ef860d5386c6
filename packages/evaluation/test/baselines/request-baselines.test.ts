import { expect, test } from '@jest/globals';

import { lastAttraction } from '../../src/baselines/last-attraction.js';
import { latelyPopular } from '../../src/baselines/lately-popular.js';
import { hours, logOf } from '../support/log.js';

const log = logOf([
  ['ann', 'p:a', 0],
  ['ann', 'p:b', 1],
  ['ann', 'q:a', 2],
  ['ann', 'p:a', 3],
  ['bob', 'p:a', 400 * 24],
  ['bob', 'p:a', 401 * 24],
  ['bob', 'p:c', 402 * 24],
]);
const ask = { user: 0, park: 0, visited: new Uint32Array() };

test('popular lately: distinct visitors of the year before the request, by hand', async () => {
  const score = await latelyPopular.learn(log);
  // p:a, p:b, p:c, q:a
  expect(Array.from(score({ ...ask, time: hours(3) }))).toEqual([1, 1, 0, 1]);
  expect(Array.from(score({ ...ask, time: hours(401 * 24 + 1) }))).toEqual([1, 0, 0, 0]);
  expect(Array.from(score({ ...ask, time: hours(0) }))).toEqual([0, 0, 0, 0]);
});

test('last attraction: steps within a park, smoothed by popularity and times it, by hand', async () => {
  const score = await lastAttraction.learn(log);
  const share = [2 / 5, 1 / 5, 1 / 5, 1 / 5];
  expect(Array.from(score({ ...ask, time: 0 }))).toEqual(share);
  // From p:a one step to p:b, over q:a and back to p:a none, and bob's to p:c: two in all.
  const last = { attraction: 0, visitedAt: 0 };
  const steps = [0, 1, 1, 0];
  share.forEach((popular, to) =>
    expect(score({ ...ask, time: 0, last })[to]).toBeCloseTo(
      (popular * ((steps[to] as number) + 10 * popular)) / 12,
      12,
    ),
  );
});
