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
  return openCalendar(park, groundOf(n))(date);
}

const groundOf = (n: number, likeness = new Float64Array(n * n)) => ({ closeness: new Float64Array(n * n), likeness });

const three: VisitAt[] = [
  ['ann', 'p:a', 9],
  ['bob', 'p:a', 9],
  ['bob', 'p:b', 9.75],
  ['bob', 'p:a', 10.5],
];

/** The share of the visitors since the first one, 20 of whom are spread evenly, over the sum of these shares. */
const shares = (counts: readonly (readonly [visitors: number, since: number])[]): number[] => {
  const rates = counts.map(([visitors, since]) => (visitors + 20 / counts.length) / (since + 20));
  const whole = rates.reduce((sum, rate) => sum + rate, 0);
  return rates.map((rate) => rate / whole);
};

/** How much more a share of `total` counts, of which `present` were counted since the first visitor, is than a share of all visitors. */
const preferred = (count: number, total: number, share: number, present = 1): number =>
  Math.log((count + 20 * share) / (total * present + 20)) - Math.log(share);

test('popular: distinct visitors since the first, smoothed', () => {
  // Three first visits; b had its first after two of them.
  const [a, b] = shares([
    [2, 3],
    [1, 1],
  ]) as [number, number];
  const { popular } = featuresOn(day + 1, three);
  expect(popular[0]).toBeCloseTo(Math.log(a), 12);
  expect(popular[1]).toBeCloseTo(Math.log(b), 12);
});

test('an attraction that nobody has visited is as popular as those like it, and no less popular at any hour', () => {
  const visits = Array.from({ length: 50 }, (_, user): VisitAt => [`user-${user}`, user < 40 ? 'p:a' : 'p:b', 9]);
  const places = ['p:a', 'p:b', 'p:c', 'p:d'].map((attractionId) => ({
    attractionId,
    park: 'p',
    name: '',
    themes: [],
  }));
  const [park] = parkVisitsOf(visitsTable(visits), places).parks;
  if (!park) throw new Error('no park');
  // c is like a, d is like b.
  const likeness = new Float64Array(16);
  likeness[2 * 4] = likeness[3 * 4 + 1] = 1;
  const { popular, lately, hour } = openCalendar(park, groundOf(4, likeness))(day + 1);
  expect(popular[2]).toBeGreaterThan(popular[3] as number);
  expect(popular[0]).toBeGreaterThan(popular[2] as number);
  expect(lately[2]).toBeCloseTo(0, 12);
  expect(hour(9)[2]).toBeCloseTo(0, 12);
});

test('lately: after a year, new visitors count half; known nothing, it is 0', () => {
  // One visitor of a on day 0, one of b a year later; a day after that a counts about 1/2, b about 1.
  const { lately } = featuresOn(day + 365, [
    ['ann', 'p:a', 9],
    ['bob', 'p:b', 364 * 24 + 9],
  ]);
  const [a, b] = [1 / 2, 2 ** (-1 / 365)];
  const [s, t] = shares([
    [1, 2],
    [1, 1],
  ]) as [number, number];
  expect(lately[0]).toBeCloseTo(preferred(a, a + b, s), 12);
  expect(lately[1]).toBeCloseTo(preferred(b, a + b, t, b / (a + b)), 12);
  expect(Array.from(featuresOn(day, three).lately).map(Math.abs)).toEqual([0, 0]);
});

test('hour: a bell of one and a half hours, over midnight too', () => {
  const { hour } = featuresOn(day + 2, [
    ['ann', 'p:a', 23],
    ['bob', 'p:b', 36],
  ]);
  // At 0 h, the visit at 23 h counts exp(-(1/1.5)^2 / 2), the one at 12 h nothing to speak of.
  const bell = Math.exp(-2 / 9);
  const [s, t] = shares([
    [1, 2],
    [1, 1],
  ]) as [number, number];
  expect(hour(0)[0]).toBeCloseTo(preferred(bell, bell, s), 9);
  expect(hour(0)[1]).toBeCloseTo(preferred(0, bell, t, 1 / 2), 9);
  expect(hour(23)[0]).toBeGreaterThan(hour(0)[0] as number);
});

test('followed: steps count both ways, by e to the minus hours over 0.75; none after 8 hours', () => {
  const { followed } = featuresOn(day + 1, three);
  // Bob went a -> b and b -> a, 45 minutes each: 2/e between a and b, either way.
  const steps = 2 / Math.E;
  const [a, b] = shares([
    [2, 3],
    [1, 1],
  ]) as [number, number];
  expect(followed(0)[1]).toBeCloseTo(preferred(steps, steps, b, 1 / 3), 12);
  expect(followed(1)[0]).toBeCloseTo(preferred(steps, steps, a), 12);
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
  // Of a's visitors two went to b and none to c; of five first visits, b was open for three, and c for two.
  const [a, b, c] = shares([
    [2, 5],
    [2, 3],
    [1, 2],
  ]) as [number, number, number];
  expect(together(0)[1]).toBeCloseTo(preferred(2, 2, b, 3 / 5), 12);
  expect(together(1)[0]).toBeCloseTo(preferred(2, 2, a), 12);
  expect(together(0)[2]).toBeCloseTo(preferred(0, 2, c, 2 / 5), 12);
});

test('visits of the day itself, and later ones, do not show; a step back in time forgets', () => {
  const later: VisitAt[] = [...three, ['cid', 'p:b', 24], ['cid', 'p:a', 25], ['dan', 'p:b', 500]];
  expect(featuresOn(day + 1, later).popular).toEqual(featuresOn(day + 1, three).popular);
  const [park] = parkVisitsOf(visitsTable(later), []).parks;
  if (!park) throw new Error('no park');
  const calendar = openCalendar(park, groundOf(2));
  const before = calendar(day + 1).followed(0);
  expect(calendar(day + 2).followed(0)).not.toEqual(before);
  expect(calendar(day + 1).followed(0)).toEqual(before);
});
