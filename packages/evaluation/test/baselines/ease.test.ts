import { expect, test } from '@jest/globals';

import { ease } from '../../src/baselines/ease.js';
import { logOf } from '../support/log.js';
import type { VisitAt } from '../support/log.js';

test('two attractions by hand: the weight is shared visitors over visitors and ridge', async () => {
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

test('each park is a model of its own, at the places of its attractions', async () => {
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
