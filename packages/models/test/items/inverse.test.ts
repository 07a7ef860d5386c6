import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { invert } from '../../src/items/inverse.js';

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
