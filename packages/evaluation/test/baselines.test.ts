import { expect, test } from '@jest/globals';

import { ease, lastAttraction, latelyPopular } from '../src/baselines.js';
import { hours, logOf } from './support/log.js';
import type { VisitAt } from './support/log.js';

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

test('EASE, two attractions by hand: the weight is shared visitors over visitors and ridge', async () => {
  // 60 visitors at both, 40 at a alone: G = [[200, 60], [60, 160]]; B = shared / diagonal of the source.
  const visits = Array.from({ length: 100 }, (_, user): VisitAt[] => [
    [`u${user}`, 'p:a', user],
    ...(user < 60 ? [[`u${user}`, 'p:b', user + 0.5] as const] : []),
  ]).flat();
  const score = await ease.learn(logOf(visits));
  const request = { user: 0, park: 0, time: 0 };
  expect(score({ ...request, visited: Uint32Array.of(0) })[1]).toBeCloseTo(60 / 200, 12);
  expect(score({ ...request, visited: Uint32Array.of(1) })[0]).toBeCloseTo(60 / 160, 12);
  expect(Array.from(score({ ...request, visited: Uint32Array.of() }))).toEqual([0, 0]);
});

test('EASE: each park is a model of its own, at the places of its attractions', async () => {
  const visits = Array.from({ length: 10 }, (_, user): VisitAt[] => [
    [`u${user}`, 'a:x', user],
    [`u${user}`, 'b:x', user + 0.25],
    [`u${user}`, 'b:y', user + 0.5],
  ]).flat();
  const score = await ease.learn(logOf(visits));
  const request = { user: 0, time: 0, visited: Uint32Array.of(0, 1) };
  const scores = score({ ...request, park: 1 });
  expect(scores[0]).toBe(0);
  expect(scores[2]).toBeCloseTo(10 / 110, 12);
  expect(Array.from(score({ ...request, park: 0 }))).toEqual([0, 0, 0]);
});
