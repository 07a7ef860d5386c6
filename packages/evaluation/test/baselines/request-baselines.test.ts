import { expect, test } from '@jest/globals';

import { lastAttraction } from '../../src/baselines/last-attraction.js';
import { latelyPopular } from '../../src/baselines/lately-popular.js';
import { hours, logOf } from '../support/log.js';
import type { VisitAt } from '../support/log.js';

const visits: VisitAt[] = [
  ['ann', 'p:a', 0],
  ['ann', 'p:b', 1],
  ['ann', 'q:a', 2],
  ['ann', 'p:a', 3],
  ['bob', 'p:a', 400 * 24],
  ['bob', 'p:a', 401 * 24],
  ['bob', 'p:c', 402 * 24],
];
const log = logOf(visits);
const ask = { user: 0, park: 0, visited: new Uint32Array() };

test('popular lately: new visitors of the year before the request, by hand', async () => {
  const score = await latelyPopular.learn(log);
  // p:a, p:b, p:c, q:a
  expect(Array.from(score({ ...ask, time: hours(3) }))).toEqual([1, 1, 0, 1]);
  // Bob came back to p:a after a day, which makes him no new visitor; ann's year is over.
  expect(Array.from(score({ ...ask, time: hours(402 * 24 + 1) }))).toEqual([1, 0, 1, 0]);
  expect(Array.from(score({ ...ask, time: hours(0) }))).toEqual([0, 0, 0, 0]);
});

test('last attraction: steps to what is new within a park, smoothed by popularity and times it, by hand', async () => {
  const score = await lastAttraction.learn(log);
  const share = [2 / 5, 1 / 5, 1 / 5, 1 / 5];
  const stranger = { ...ask, park: 1, user: 1, time: 0 };
  expect(Array.from(score(stranger))).toEqual(share);
  // Ann's last new one in p is p:b, though she went back to p:a. From there nobody went on: popularity, squared.
  Array.from(score({ ...ask, time: 0 })).forEach((value, to) =>
    expect(value).toBeCloseTo((share[to] as number) ** 2, 12),
  );
  // From p:a, one step to p:b and one to p:c.
  const atA = await lastAttraction.learn(logOf([...visits, ['cid', 'p:a', 500 * 24]]));
  const steps = [0, 1, 1, 0];
  const shares = [3 / 6, 1 / 6, 1 / 6, 1 / 6];
  Array.from(atA({ ...ask, user: 2, time: 0 })).forEach((value, to) => {
    const popular = shares[to] as number;
    expect(value).toBeCloseTo((popular * ((steps[to] as number) + 10 * popular)) / 12, 12);
  });
});
