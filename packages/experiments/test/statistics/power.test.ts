import { expect, test } from '@jest/globals';

import {
  baselineOf,
  effectSeen,
  holm,
  momentsOf,
  powerOf,
  sampleRatioFaultSeen,
  sampleRatioPower,
  samplesNeeded,
} from '../../src/index.js';

const proportion = { type: 'proportion', value: 0.1, variance: 0.09 } as const;
const mean = { type: 'mean', value: 5, variance: 4 } as const;

test('the textbook number: 16 variances over the effect squared in each panel, for 80 % at .05', () => {
  // 2 (1.96 + .84)^2 = 15.7; 2 panels.
  expect(samplesNeeded(mean, 0.2, 0.8, { reading: 'fixed' })).toBe(3140);
  expect(samplesNeeded(mean, 0.2, 0.8, { reading: 'fixed', varianceSaved: 0.5 })).toBe(1570);
  expect(samplesNeeded(mean, 0, 0.8)).toBe(Infinity);
});

test('to look every day needs nearly twice the users of one look', () => {
  const [fixed, anytime] = (['fixed', 'anytime'] as const).map((reading) => samplesNeeded(mean, 0.2, 0.8, { reading }));
  expect((anytime ?? 0) / (fixed ?? 1)).toBeCloseTo(((3.0352 + 0.8416) / (1.96 + 0.8416)) ** 2, 2);
});

test.each([proportion, mean])(
  'the effect that is seen among the users needed for an effect is that effect: $type',
  (baseline) => {
    for (const reading of ['fixed', 'anytime'] as const) {
      const design = { reading, shares: [1, 3] } as const;
      const users = samplesNeeded(baseline, 0.02, 0.9, design);
      expect(powerOf(baseline, 0.02, users, design)).toBeCloseTo(0.9, 3);
      expect(effectSeen(baseline, users, 0.9, design)).toBeCloseTo(0.02, 5);
    }
  },
);

test('the power where nothing changed is alpha', () => {
  expect(powerOf(mean, 0, 1000, { reading: 'fixed', alpha: 0.01 })).toBeCloseTo(0.01, 12);
});

test('by statsmodels: a rise from 10 % to 15 % among 500 + 500 users, and 2 % of a panel lost among 100,000', () => {
  expect(powerOf(proportion, 0.05, 1000, { reading: 'fixed' })).toBeCloseTo(0.6690787294379479, 12);
  expect(sampleRatioPower({ users: 100_000, shares: [1, 1], lost: 0.02 })).toBeCloseTo(0.4552855952255718, 11);
});

test('a proportion cannot rise above 1', () => {
  expect(effectSeen({ type: 'proportion', value: 0.9, variance: 0.09 }, 8, 0.99)).toBeUndefined();
});

test('the baseline of past users is their value and variance', () => {
  expect(baselineOf('proportion', momentsOf([{ y: 1 }, { y: 0 }, { y: 0 }, { y: 0 }]))).toEqual({
    type: 'proportion',
    value: 0.25,
    variance: expect.closeTo(0.1875, 14),
  });
});

test('a sample-ratio fault: alpha where nothing is lost, all of it in the end, and the inverse', () => {
  const panels = { users: 100_000, shares: [50, 50] };
  expect(sampleRatioPower({ ...panels, lost: 0 })).toBeCloseTo(0.001, 12);
  expect(sampleRatioPower({ ...panels, lost: 1 })).toBeCloseTo(1, 12);
  const seen = sampleRatioFaultSeen(0.9, panels);
  expect(sampleRatioPower({ ...panels, lost: seen })).toBeCloseTo(0.9, 10);
  expect(sampleRatioFaultSeen(0.9, { users: 4, shares: [1, 1] })).toBe(1);
});

test("Holm's steps by hand", () => {
  // .01 * 4, .02 * 3, .03 * 2, and the last not below the one before it.
  const adjusted = [0.04, 0.06, 0.06, 0.06].map((p) => expect.closeTo(p, 14) as unknown);
  expect(holm([0.01, 0.02, 0.03, 0.04])).toEqual(adjusted);
  expect(holm([0.04, 0.01, 0.03, 0.02])).toEqual([adjusted[3], adjusted[0], adjusted[2], adjusted[1]]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
