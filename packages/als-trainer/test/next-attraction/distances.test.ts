import { expect, test } from '@jest/globals';
import type { Attraction } from '@attractions/contracts';

import { closenessBetween, distancesBetween } from '../../src/next-attraction/distances.js';

const place = (attractionId: string, latitude?: number, longitude?: number): Attraction => ({
  attractionId,
  park: 'p',
  name: attractionId,
  themes: [],
  ...(latitude === undefined || longitude === undefined ? {} : { latitude, longitude }),
});

const ids = ['p:a', 'p:b', 'p:c', 'p:d'];

test('a thousandth of a degree is 111 m to the north, and half of that to the east at 60 degrees', () => {
  const metres = distancesBetween(ids.slice(0, 3), [
    place('p:a', 60, 10),
    place('p:b', 60.001, 10),
    place('p:c', 60, 10.001),
  ]);
  expect(metres[1]).toBeCloseTo(111.195, 3);
  expect(metres[2]).toBeCloseTo(55.6, 1);
  expect(metres[5]).toBeCloseTo(Math.hypot(111.195, 55.6), 1);
  expect([metres[0], metres[3]]).toEqual([0, metres[1]]);
});

test('an attraction without coordinates, or on the wrong coast, is at the median distance from all', () => {
  const near = [place('p:a', 33, -117), place('p:b', 33.001, -117), place('p:c', 33.002, -117)];
  for (const odd of [place('p:d'), place('p:d', 28.4, -81.6)]) {
    const metres = distancesBetween(ids, [...near, odd]);
    expect(metres[1]).toBeCloseTo(111.195, 3);
    for (const from of [0, 1, 2]) expect(metres[from * 4 + 3]).toBeCloseTo(111.195, 3);
  }
});

test('with no coordinates at all, everything is equally near', () => {
  expect(Array.from(distancesBetween(['p:a', 'p:b'], []))).toEqual([0, 0, 0, 0]);
});

test('closeness: minus the logarithm of the distance in units of 50 m', () => {
  const apart = closenessBetween(ids.slice(0, 2), [place('p:a', 0, 0), place('p:b', 0.001, 0)]);
  expect(apart[0]).toBeCloseTo(0, 12);
  expect(apart[1]).toBeCloseTo(-Math.log(1 + 111.195 / 50), 6);
});
