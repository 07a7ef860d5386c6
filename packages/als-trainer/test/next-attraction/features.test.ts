import { expect, test } from '@jest/globals';

import { openCalendar } from '../../src/next-attraction/features.js';
import { parkVisitsOf } from '../../src/next-attraction/park-visits.js';
import { visitsTable } from '../support/visits-table.js';
import type { VisitAt } from '../support/visits-table.js';

const day = 20_000;

/** Features on a day after midnight's, of attractions p:a, p:b, … */
function featuresOn(date: number, visits: readonly VisitAt[]) {
  const [park] = parkVisitsOf(visitsTable(visits), []).parks;
  if (!park) throw new Error('no park');
  const n = park.attractionIds.length;
  return openCalendar(park, new Float64Array(n * n))(date);
}

const three: VisitAt[] = [
  ['ann', 'p:a', 9],
  ['bob', 'p:a', 9],
  ['bob', 'p:b', 9.75],
  ['bob', 'p:a', 10.5],
];

test('popular: distinct visitors, one added to each attraction', () => {
  const { popular } = featuresOn(day + 1, three);
  expect(Array.from(popular)).toEqual([Math.log(3 / 5), Math.log(2 / 5)]);
});

test('lately: after a year, new visitors count half; known nothing, it is 0', () => {
  // One visitor of a on day 0, one of b a year later; a day after that a counts about 1/2, b about 1.
  const { lately } = featuresOn(day + 365, [
    ['ann', 'p:a', 9],
    ['bob', 'p:b', 364 * 24 + 9],
  ]);
  const [a, b] = [1 / 2, 2 ** (-1 / 365)];
  expect(lately[0]).toBeCloseTo(Math.log((a + 10) / (a + b + 20)) - Math.log(1 / 2), 12);
  expect(lately[1]).toBeCloseTo(Math.log((b + 10) / (a + b + 20)) - Math.log(1 / 2), 12);
  expect(Array.from(featuresOn(day, three).lately).map(Math.abs)).toEqual([0, 0]);
});

test('hour: a bell of one and a half hours, over midnight too', () => {
  const { hour } = featuresOn(day + 2, [
    ['ann', 'p:a', 23],
    ['bob', 'p:b', 36],
  ]);
  // At 0 h, the visit at 23 h counts exp(-(1/1.5)^2 / 2), the one at 12 h nothing to speak of.
  const bell = Math.exp(-2 / 9);
  expect(hour(0)[0]).toBeCloseTo(Math.log((bell + 10) / (bell + 20)) - Math.log(1 / 2), 9);
  expect(hour(0)[1]).toBeCloseTo(Math.log(10 / (bell + 20)) - Math.log(1 / 2), 9);
  expect(hour(23)[0]).toBeGreaterThan(hour(0)[0] as number);
});

test('followed: steps count both ways, by e to the minus hours over 0.75; none after 8 hours', () => {
  const { followed } = featuresOn(day + 1, three);
  // Bob went a -> b and b -> a, 45 minutes each: 2/e between a and b, either way.
  const steps = 2 / Math.E;
  const [a, b] = [3 / 5, 2 / 5];
  expect(followed(0)[1]).toBeCloseTo(Math.log((steps + 20 * b) / (steps + 20)) - Math.log(b), 12);
  expect(followed(1)[0]).toBeCloseTo(Math.log((steps + 20 * a) / (steps + 20)) - Math.log(a), 12);
  const apart = featuresOn(day + 1, [
    ['ann', 'p:a', 0],
    ['ann', 'p:b', 8],
  ]);
  expect(apart.followed(0)[1]).toBeCloseTo(0, 12);
});

test('together: visitors that two attractions share, on any days', () => {
  const { together } = featuresOn(day + 30, [
    ['ann', 'p:a', 0],
    ['ann', 'p:b', 500],
    ['ann', 'p:a', 600],
    ['bob', 'p:a', 1],
    ['bob', 'p:b', 2],
    ['cid', 'p:c', 3],
  ]);
  // Of a's visitors two went to b and none to c; shares of all are 3/8, 3/8 and 2/8.
  expect(together(0)[1]).toBeCloseTo(Math.log((2 + 20 * (3 / 8)) / 22) - Math.log(3 / 8), 12);
  expect(together(1)[0]).toBe(together(0)[1]);
  expect(together(0)[2]).toBeCloseTo(Math.log((20 * (2 / 8)) / 22) - Math.log(2 / 8), 12);
});

test('visits of the day itself, and later ones, do not show; a step back in time forgets', () => {
  const later: VisitAt[] = [...three, ['cid', 'p:b', 24], ['cid', 'p:a', 25], ['dan', 'p:b', 500]];
  expect(featuresOn(day + 1, later).popular).toEqual(featuresOn(day + 1, three).popular);
  const [park] = parkVisitsOf(visitsTable(later), []).parks;
  if (!park) throw new Error('no park');
  const calendar = openCalendar(park, new Float64Array(4));
  const before = calendar(day + 1).followed(0);
  expect(calendar(day + 2).followed(0)).not.toEqual(before);
  expect(calendar(day + 1).followed(0)).toEqual(before);
});
