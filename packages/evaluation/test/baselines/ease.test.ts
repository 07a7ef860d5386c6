import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { ease } from '../../src/baselines/ease.js';
import { inverse } from '../../src/baselines/inverse.js';
import { logOf } from '../support/log.js';
import type { VisitAt } from '../support/log.js';

test('an inverse times its matrix is the identity', () => {
  const n = 5;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n * n, maxLength: n * n }), (cells) => {
      const at = (a: number, b: number) =>
        cells.reduce(
          (sum, _, k) => (k < n ? sum + (cells[k * n + a] as number) * (cells[k * n + b] as number) : sum),
          0,
        );
      const matrix = Float64Array.from(
        { length: n * n },
        (_, c) => at(Math.floor(c / n), c % n) + (c % (n + 1) === 0 ? 1 : 0),
      );
      const inverted = inverse(matrix, n);
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) {
          let cell = 0;
          for (let k = 0; k < n; k++) cell += (matrix[a * n + k] as number) * (inverted[k * n + b] as number);
          expect(cell).toBeCloseTo(a === b ? 1 : 0, 6);
        }
    }),
    { numRuns: 50 },
  );
});

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
