import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { nextTerms, scoreNext } from '../src/next-attraction-score.js';
import type { ParkTables } from '@attractions/contracts';
const at = (hour: number): number => hour * 3_600_000;

const tables: ParkTables = {
  park: 'p',
  attractionIds: ['p:a', 'p:b'],
  popular: [-1, -2],
  lately: [0.5, 0.25],
  byHour: Array.from({ length: 24 }, (_, hour) => [hour, -hour]),
  onward: [
    [0, 8],
    [4, 0],
  ],
  patienceHours: 0.5,
  weights: { popular: 1, lately: 1, hour: 1, near: 1, followed: 1 },
};

test('the score is the sum of the terms; half an hour after the last visit its place counts 1/e', () => {
  const last = { attractionId: 'p:a', visitedAt: at(13) };
  const scores = scoreNext(tables, { time: at(13.5), last });
  expect(scores[0]).toBeCloseTo(-1 + 0.5 + 13, 12);
  expect(scores[1]).toBeCloseTo(-2 + 0.25 - 13 + 8 / Math.E, 12);
});

test('each visited attraction tells of the others; of four, a quarter of the sum counts twice', () => {
  const rows = {
    ...tables,
    together: [
      [0, 3],
      [1, 0],
    ],
  };
  const terms = (visited: readonly string[]) => nextTerms(rows, { time: at(1), visited }).together;
  expect(terms(['p:a'])).toEqual([0, 3]);
  expect(terms(['p:a', 'p:a', 'q:z'])).toEqual([0, 3]);
  expect(terms(['p:a', 'p:b'])[1]).toBeCloseTo(3 / Math.SQRT2, 12);
  expect(terms([])).toEqual([0, 0]);
  expect(scoreNext(rows, { time: at(0), visited: ['p:a'] })[1]).toBeCloseTo(-2 + 0.25 + 3, 12);
  // An older update has no such rows.
  expect(nextTerms(tables, { time: at(1), visited: ['p:a'] }).together).toEqual([0, 0]);
});

test('without a time, only what is always so counts', () => {
  const rows = {
    ...tables,
    together: [
      [0, 3],
      [1, 0],
    ],
  };
  const last = { attractionId: 'p:a', visitedAt: 0 };
  expect(Array.from(scoreNext(rows, { last, visited: ['p:a'] }))).toEqual([-1, -2 + 3]);
});

test('what was popular of late counts half a year before and after the tables, if that is its half-life', () => {
  const dated = { ...tables, asOf: at(24 * 1000), halfLifeDays: 100 };
  const lately = (day: number) => nextTerms(dated, { time: at(24 * day) }).lately[0];
  expect([1000, 1001, 999].map(lately)).toEqual([0.5, 0.5, 0.5]);
  expect(lately(1101)).toBeCloseTo(0.25, 12);
  expect(lately(899)).toBeCloseTo(0.25, 12);
});

test('no visit, an unknown attraction and a visit after the request all mean: no last visit', () => {
  const time = at(10);
  const without = scoreNext(tables, { time });
  expect(nextTerms(tables, { time }).onward.map(Math.abs)).toEqual([0, 0]);
  expect(scoreNext(tables, { time, last: { attractionId: 'q:z', visitedAt: time } })).toEqual(without);
  expect(scoreNext(tables, { time, last: { attractionId: 'p:a', visitedAt: time + 1 } })).toEqual(without);
});

test('who is in the park and who comes back, how long nearness lingers, and how much a visitor has seen', () => {
  const rows = {
    ...tables,
    around: [
      [0, 2],
      [2, 0],
    ],
    lingerHours: 2,
    here: [1, 2],
    away: [3, 5],
    awayHours: 8,
    seasoned: [0, 7],
  };
  const onward = (gap: number) =>
    nextTerms(rows, { time: at(100), last: { attractionId: 'p:a', visitedAt: at(100 - gap) } }).onward[1];
  expect(onward(1)).toBeCloseTo(8 / Math.E ** 2 + 2 / Math.sqrt(Math.E) + 2, 12);
  expect(onward(8)).toBeCloseTo(8 / Math.E ** 16 + 2 / Math.E ** 4 + 5, 12);
  expect(nextTerms(rows, { time: at(100) }).onward[1]).toBe(0);
  expect(nextTerms(rows, { time: at(100), visited: ['p:a'] }).together[1]).toBe(-7);
  expect(nextTerms(rows, { time: at(100), visited: ['q:z'] }).together[1]).toBe(0);
  const request = { time: at(100), last: { attractionId: 'p:a', visitedAt: at(99) }, visited: ['p:a', 'p:b'] };
  const terms = Object.values(nextTerms(rows, request)) as number[][];
  scoreNext(rows, request).forEach((score, k) =>
    expect(terms.reduce((sum, term) => sum + (term[k] as number), 0)).toBeCloseTo(score, 12),
  );
});

test('the longer ago the last visit was, the less its place counts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }), (gap, more) => {
      const onward = (hours: number) =>
        nextTerms(tables, { time: at(60), last: { attractionId: 'p:a', visitedAt: at(60 - hours / 10) } }).onward[1];
      expect(onward(gap + more)).toBeLessThan(onward(gap) as number);
    }),
  );
});
