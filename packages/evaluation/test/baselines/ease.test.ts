import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { ease } from '../../src/baselines/ease.js';
import { invert } from '../../src/baselines/inverse.js';
import { logOf } from '../support/log.js';
import type { VisitAt } from '../support/log.js';

/** Symmetric and positive definite: a random matrix times its transpose, and 1 on the diagonal. */
function positiveDefinite(n: number, cell: (at: number) => number): Float64Array {
  const root = Float64Array.from({ length: n * n }, (_, at) => cell(at));
  const matrix = new Float64Array(n * n);
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++) {
      for (let k = 0; k < n; k++)
        (matrix[a * n + b] as number) += (root[a * n + k] as number) * (root[b * n + k] as number);
      if (a === b) (matrix[a * n + b] as number) += 1;
    }
  return matrix;
}

// Below, at and above the blocks of 64, and the tiles of 2 by 4 in them.
test.each([1, 2, 5, 63, 64, 65, 67, 128, 131, 190])('an inverse of %i rows times its matrix is the identity', (n) => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const matrix = positiveDefinite(n, (at) => Math.sin(seed + at * at));
      const inverted = invert(matrix.slice(), n);
      let worst = 0;
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) {
          let cell = 0;
          for (let k = 0; k < n; k++) cell += (matrix[a * n + k] as number) * (inverted[k * n + b] as number);
          worst = Math.max(worst, Math.abs(cell - (a === b ? 1 : 0)));
        }
      expect(worst).toBeLessThan(1e-9);
    }),
    { numRuns: 5 },
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

test('each park is a model of its own, at the places of its attractions', async () => {
  const visits = Array.from({ length: 10 }, (_, user): VisitAt[] => [
    [`u${user}`, 'a:x', user],
    [`u${user}`, 'b:x', user + 0.25],
    [`u${user}`, 'b:y', user + 0.5],
  ]).flat();
  const score = await ease.learn(logOf(visits));
  const request = { user: 0, time: 0, visited: Uint32Array.of(0, 1) };
  const scores = score({ ...request, park: 1 });
  expect(scores[0]).toBe(0);
  expect(scores[2]).toBeCloseTo(10 / 110, 12);
  expect(Array.from(score({ ...request, park: 0 }))).toEqual([0, 0, 0]);
});
