import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scale, ticks } from '../../src/page/plots.js';

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
