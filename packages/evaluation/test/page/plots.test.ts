import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bandPlot, scale, ticks } from '../../src/page/plots.js';

test('the ends of the range meet the ends of the drawing', () => {
  const x = scale([-1, 3], [100, 500]);
  expect([x(-1), x(0), x(3)]).toEqual([100, 200, 500]);
  expect(scale([2, 2], [0, 10])(2)).toBe(0);
});

test('round values within the range', () => {
  expect(ticks([-0.04, 0.07])).toEqual([0, 0.05]);
  expect(ticks([0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
});

test('two to twelve ticks, none outside', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (from, span) => {
      const marks = ticks([from, from + span]);
      expect(marks.length).toBeGreaterThanOrEqual(2);
      expect(marks.length).toBeLessThanOrEqual(12);
      for (const mark of marks) expect(mark >= from - 1e-6 && mark <= from + span + 1e-6).toBe(true);
    }),
  );
});

test('bands: days go from left to right, and the wild first ones are cut off', () => {
  const day = (at: number, estimate: number, reach: number) => ({
    at,
    estimate,
    wide: [estimate - 2 * reach, estimate + 2 * reach] as const,
    narrow: [estimate - reach, estimate + reach] as const,
  });
  const drawn = bandPlot('clicks < views', 'day', [day(1, 0.5, 100), day(2, 0.25, 0.5), day(3, 0, 0.1)]);
  expect(drawn).toContain('<title>clicks &#60; views</title>');
  // The last interval is 0.4 wide, so the plot reaches from -2 to 2: y is 28 to 240, and 0.5 is a quarter above the middle.
  expect(/<polyline class="curve" points="([^"]+)"/.exec(drawn)?.[1]).toBe('60,107.5 400,120.8 740,134');
  expect(/<polygon class="band wide" points="([^"]+)"/.exec(drawn)?.[1]).toMatch(
    /^60,28 400,67\.8 740,123\.4 740,144\.6 400,173\.8 60,240$/,
  );
});
