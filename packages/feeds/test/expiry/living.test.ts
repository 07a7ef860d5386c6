import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { isIn, withExpired } from '../../src/expiry/living.js';

test('ranges by hand', () => {
  expect(withExpired([], [2, 3], [5])).toEqual([[1, 3]]);
  expect(withExpired([], [3, 6], [2, 5, 9])).toEqual([
    [3, 3],
    [6, 6],
  ]);
  expect(withExpired([[1, 3]], [5], [9])).toEqual([[1, 5]]);
  expect(withExpired([[1, 3]], [6], [5, 9])).toEqual([
    [1, 3],
    [6, 6],
  ]);
  expect(withExpired([[1, 3]], [], [5])).toEqual([[1, 3]]);
});

test('whatever expires in whatever order, exactly that is in the ranges, and they are as few as can be', () => {
  const rounds = fc.array(fc.tuple(fc.uniqueArray(fc.nat(29)), fc.boolean()), { maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 30 }), rounds, (seqs, expiries) => {
      const updates = [...seqs].sort((a, b) => a - b);
      const gone = new Set<number>();
      let ranges: ReturnType<typeof withExpired> = [];
      for (const [picks] of expiries) {
        const expiring = picks.map((pick) => updates[pick] ?? 0).filter((seq) => !gone.has(seq));
        for (const seq of expiring) gone.add(seq);
        const living = updates.filter((seq) => !gone.has(seq));
        ranges = withExpired(
          ranges,
          expiring.sort((a, b) => a - b),
          living,
        );
        expect(updates.filter((seq) => isIn(ranges, seq))).toEqual(updates.filter((seq) => gone.has(seq)));
        const runs = updates.filter((seq, i) => gone.has(seq) && !gone.has(updates[i - 1] ?? 0)).length;
        expect(ranges).toHaveLength(runs);
      }
    }),
  );
});
