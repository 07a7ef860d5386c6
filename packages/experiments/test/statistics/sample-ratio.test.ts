import { expect, test } from '@jest/globals';

import { sampleRatio, sampleRatioOverTime } from '../../src/index.js';

test.each([
  // (60 - 50)^2 / 50, twice.
  [[60, 40], [1, 1], 4, 1, 0.04550026389635842],
  // 100 / 20, twice; of two degrees the tail is exp(-statistic / 2).
  [[10, 20, 30], [5, 5, 5], 10, 2, Math.exp(-5)],
  [[30, 20, 20, 10], [1, 1, 1, 1], 10, 3, 0.018566135463043233],
  [[100, 0], [1, 3], 300, 1, 3.2943623833139784e-67],
  [[75, 25], [3, 1], 0, 1, 1],
  [[5], [1], 0, 0, 1],
])('%j of shares %j: %d of %d degrees', (counts, shares, statistic, degrees, p) => {
  const test = sampleRatio(counts, shares);
  expect(test.statistic).toBeCloseTo(statistic, 12);
  expect(test.degrees).toBe(degrees);
  expect(Math.abs(test.p / p - 1)).toBeLessThan(1e-9);
});

test('the tail falls without a step where the series gives way to the fraction', () => {
  // z = sqrt(statistic / 2) is 2.5 at a statistic of 12.5; 1,000 counts make it (1000 - 2 a)^2 / 1000.
  const p = [555, 556, 557].map((count) => sampleRatio([count, 1000 - count], [1, 1]).p);
  expect(p[0]).toBeCloseTo(0.0005042182294490053, 14);
  expect(p[1]).toBeCloseTo(0.00039748052393435773, 14);
  expect(p[2]).toBeCloseTo(0.0003121570960992157, 14);
});

test('over time: the same ratio on all days, whatever it is', () => {
  expect(
    sampleRatioOverTime([
      [30, 60],
      [10, 20],
    ]),
  ).toEqual({ groups: 2, statistic: 0, degrees: 1, p: 1 });
});

test('over time by hand: two days that go opposite ways, which the sum does not show', () => {
  const { statistic, degrees } = sampleRatioOverTime([
    [60, 40],
    [40, 60],
  ]);
  // 10^2 / 50, four times.
  expect([statistic, degrees]).toEqual([8, 1]);
});

test('over time: days with few users are joined, the last ones with those before', () => {
  const days = [...new Array<number[]>(9).fill([1, 1]), [60, 40], [40, 60], [1, 0]];
  expect(sampleRatioOverTime(days).groups).toBe(3);
  expect(
    sampleRatioOverTime([
      [1, 0],
      [0, 1],
    ]),
  ).toEqual({ groups: 1, statistic: 0, degrees: 0, p: 1 });
  expect(sampleRatioOverTime([])).toMatchObject({ p: 1 });
});
