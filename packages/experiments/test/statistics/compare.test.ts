import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { addMoments, compare, estimate, momentsOf } from '../../src/index.js';
import type { MetricType, Moments, Range, UserValues } from '../../src/index.js';

const users = (...values: number[]): UserValues[] => values.map((y) => ({ y }));
const sums = (...values: number[]): Moments => momentsOf(users(...values));

describe('by hand', () => {
  test('a proportion of 3 in 4 beside 1 in 4', () => {
    const { absolute, relative } = compare('proportion', sums(1, 1, 1, 0), sums(1, 0, 0, 0)) ?? {};
    expect(absolute?.estimate).toBe(0.5);
    // .75 * .25 / 4, twice.
    expect(absolute?.standardError).toBeCloseTo(Math.sqrt(0.09375), 14);
    expect(absolute?.fixed[0]).toBeCloseTo(0.5 - 1.959963984540054 * Math.sqrt(0.09375), 14);
    expect(relative?.estimate).toBe(2);
    // .046875 / .25^2 + .75^2 * .046875 / .25^4
    expect(relative?.standardError).toBeCloseTo(Math.sqrt(0.75 + 6.75), 14);
    // The control's .25 is 1.15 standard errors from 0, so the ratio may be anything.
    expect(relative?.fixed).toEqual([-Infinity, Infinity]);
  });

  test('means of 2, 4, 6 and of 1, 3', () => {
    const { absolute } = compare('mean', sums(2, 4, 6), sums(1, 3)) ?? {};
    expect(absolute?.estimate).toBe(2);
    // 4 / 3 + 2 / 2
    expect(absolute?.standardError).toBeCloseTo(Math.sqrt(4 / 3 + 1), 14);
  });

  test('a ratio is of the sums, with the variance of what users are off it', () => {
    const panel = momentsOf([
      { y: 1, x: 1 },
      { y: 1, x: 3 },
      { y: 4, x: 4 },
    ]);
    const { value, standardError } = estimate('ratio', panel) ?? {};
    expect(value).toBeCloseTo(0.75, 14);
    // y - .75 x is .25, -1.25 and 1: squares of 2.625 over 2, over 3 users, over the mean of x, 8 / 3, squared.
    expect(standardError).toBeCloseTo(Math.sqrt(2.625 / 2 / 3 / (8 / 3) ** 2), 14);
  });

  test('CUPED takes out what before explains: all of it where y is z plus the effect', () => {
    const before = [1, 2, 3, 4, 7, 11];
    const panel = (effect: number, noise: number, from: number) =>
      momentsOf(before.slice(from).map((z, k) => ({ y: z + effect + (k % 2 ? noise : -noise), z })));
    const { cuped } = compare('mean', panel(10, 0.01, 2), panel(0, 0.01, 0)) ?? {};
    expect(cuped?.theta).toBeCloseTo(1, 2);
    expect(cuped?.absolute.estimate).toBeCloseTo(10, 1);
    expect(cuped?.varianceSaved).toBeGreaterThan(0.999);
  });

  test('an anytime interval reaches 3.03 standard errors at the intended users, and its p value is alpha where it touches 0', () => {
    const {
      value = 0,
      standardError = 0,
      anytime = [0, 0],
    } = estimate('mean', sums(1, 2, 3, 6), { intendedUsers: 4 }) ?? {};
    expect((anytime[1] - value) / standardError).toBeCloseTo(3.035, 3);
    const moved = (by: number) => sums(...[1, 2, 3, 6].map((y) => y - by));
    const at = (by: number) => compare('mean', moved(by), sums(0, 0), { intendedUsers: 6 })?.absolute;
    const reach = (at(0)?.anytime[1] ?? 0) - (at(0)?.estimate ?? 0);
    expect(at(3 - reach)?.anytimeP).toBeCloseTo(0.05, 10);
  });
});

describe('nothing to judge by', () => {
  test.each([
    ['no users', 'mean', sums(), sums(1, 2)],
    ['one user each', 'mean', sums(1), sums(2)],
    ['all the same', 'proportion', sums(0, 0), sums(0, 0, 0)],
    [
      'denominators of 0',
      'ratio',
      momentsOf([
        { y: 1, x: 0 },
        { y: 2, x: 0 },
      ]),
      momentsOf([
        { y: 1, x: 1 },
        { y: 2, x: 1 },
      ]),
    ],
  ] as const)('%s', (_, type, treatment, control) => {
    expect(compare(type, treatment, control)).toBeUndefined();
  });

  test('no relative difference to a control of 0, and no CUPED where before is the same for all', () => {
    expect(compare('mean', sums(1, 2), sums(-1, 1))?.relative).toBeUndefined();
    const flat = momentsOf([
      { y: 1, z: 5 },
      { y: 2, z: 5 },
    ]);
    expect(compare('mean', flat, flat)).toMatchObject({ cuped: undefined });
  });
});

describe('laws', () => {
  const value = fc.integer({ min: -50, max: 50 });
  const user = fc.record({ y: value, x: fc.integer({ min: 1, max: 9 }), z: value });
  const group = fc.array(user, { minLength: 4, maxLength: 30 });
  const type = fc.constantFrom<MetricType>('mean', 'count', 'ratio');
  const near = (a: unknown, b: unknown) => {
    const flat = (of: unknown) =>
      JSON.stringify(of, (_, at: unknown) => (typeof at === 'number' ? Number(at.toFixed(7)) + 0 : at));
    expect(flat(a)).toBe(flat(b));
  };

  test('a relative interval leaves out 0 where the absolute one does, and holds its estimate', () => {
    fc.assert(
      fc.property(group, group, type, fc.boolean(), (a, b, kind, withCuped) => {
        const found = compare(kind, momentsOf(a), momentsOf(b));
        const side = withCuped ? found?.cuped : found;
        for (const name of ['fixed', 'anytime'] as const) {
          const [absolute, relative] = [side?.absolute[name], side?.relative?.[name]];
          if (!absolute || !relative || !Number.isFinite(relative[0])) continue;
          const leavesOut0 = ([low, high]: Range) => low > 1e-9 || high < -1e-9;
          expect(leavesOut0(relative)).toBe(leavesOut0(absolute));
          expect(relative[0]).toBeLessThanOrEqual(side?.relative?.estimate ?? 0);
          expect(relative[1]).toBeGreaterThanOrEqual(side?.relative?.estimate ?? 0);
        }
      }),
    );
  });

  test('at the ends r of a relative interval, treatment and 1 + r times the control are 1.96 standard errors apart', () => {
    fc.assert(
      fc.property(group, group, type, (a, b, kind) => {
        const [treatment, control] = [a, b].map((users) => estimate(kind, momentsOf(users)));
        const relative = compare(kind, momentsOf(a), momentsOf(b))?.relative;
        if (!treatment || !control || !relative || !Number.isFinite(relative.fixed[0])) return;
        for (const end of relative.fixed) {
          const times = 1 + Math.sign(control.value) * end;
          const error = Math.hypot(treatment.standardError, times * control.standardError);
          const apart = Math.abs(treatment.value - times * control.value) / error;
          expect(apart).toBeCloseTo(1.959963984540054, 5);
        }
      }),
    );
  });

  test('sums of parts add up, whatever each part was centred on', () => {
    fc.assert(
      fc.property(group, group, group, type, (a, b, control, kind) => {
        const whole = momentsOf([...a, ...b]);
        const merged = addMoments(momentsOf(a), momentsOf(b));
        near(compare(kind, merged, momentsOf(control)), compare(kind, whole, momentsOf(control)));
      }),
    );
  });

  test('a relative difference and its CUPED do not depend on the unit', () => {
    fc.assert(
      fc.property(group, group, type, (a, b, kind) => {
        const scaled = (by: number) =>
          [a, b].map((group) => momentsOf(group.map(({ y, x, z }) => ({ y: y * by, x, z })))) as [Moments, Moments];
        const [one, thousand] = [compare(kind, ...scaled(1)), compare(kind, ...scaled(1024))];
        near(thousand?.relative, one?.relative);
        near(thousand?.cuped?.varianceSaved, one?.cuped?.varianceSaved);
      }),
    );
  });

  test('values a billion away from 0 keep their variance when the sums are centred', () => {
    fc.assert(
      fc.property(group, (a) => {
        const far = momentsOf(a.map(({ y }) => ({ y: y + 1e9 })));
        near(estimate('mean', far)?.standardError, estimate('mean', momentsOf(a))?.standardError);
      }),
    );
  });
});
