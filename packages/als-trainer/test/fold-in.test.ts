import { expect, test } from '@jest/globals';
import { gramian, objectiveOf, termsOf } from '@attractions/models/als';
import fc from 'fast-check';

import { cholesky, nonNegative } from '../src/exact-solvers.js';
import { foldIn } from '../src/fold-in.js';
import type { HalfStep } from '../src/half-step.js';
import { resolveOptions } from '../src/options.js';
import { preparePairs } from '../src/prepare.js';
import { weightAt } from '../src/csr.js';

/** Spread evenly: a random double of fast-check is near 0 nearly always. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((part) => min + ((max - min) * part) / 10_000);

const options = fc.record({
  preset: fc.constantFrom('ials' as const, 'implicit' as const, 'spark' as const),
  implicitFeedback: fc.boolean(),
  nonNegative: fc.boolean(),
  weighting: fc.constantFrom('linear' as const, 'log' as const),
  rank: fc.integer({ min: 1, max: 12 }),
  alpha: between(0, 40),
  unobservedWeight: between(0, 2),
  regularization: between(0.01, 5),
  regularizationExponent: between(0, 1),
});

/** Entries of one user: items may repeat, weights below 0 are dislikes. */
const entries = fc.array(fc.tuple(fc.nat(19), fc.integer({ min: -3, max: 30 })), { minLength: 1, maxLength: 25 });

const cells = fc.array(between(-1, 1), { minLength: 240, maxLength: 240 });

/** The loss of one row at `x`, by its definition. */
function lossAt({ pairs, fixed, objective, rank }: HalfStep, x: Float32Array): number {
  const scoreOf = (item: number) => x.reduce((sum, value, f) => sum + value * (fixed[item * rank + f] as number), 0);
  const observed = Array.from(pairs.columns, (item, k) => {
    const { constant, linear, quadratic } = termsOf(objective.cost, weightAt(pairs.weights, k));
    return constant - 2 * linear * scoreOf(item) + quadratic * scoreOf(item) ** 2;
  });
  const all = Array.from({ length: pairs.columnCount }, (_, item) => objective.unobserved * scoreOf(item) ** 2);
  const ridge = objective.ridge(pairs.columns.length, pairs.columnCount);
  return [...observed, ...all, ...Array.from(x, (value) => ridge * value * value)].reduce((a, b) => a + b, 0);
}

test('folds a user in to the row that training would solve, whatever the options and the length of the history', () => {
  fc.assert(
    fc.property(options, entries, cells, (given, pairs, values) => {
      const resolved = resolveOptions(given);
      const { rank } = resolved;
      const itemFactors = Float32Array.from(values.slice(0, 20 * rank), (value) =>
        resolved.nonNegative ? Math.abs(value) : value,
      );
      const items = Uint32Array.from(pairs, ([item]) => item);
      const weights = Float32Array.from(pairs, ([, weight]) => weight);
      const interactions = { userCount: 1, itemCount: 20, users: new Uint32Array(items.length), items, weights };
      const solved = new Float32Array(rank);
      const step = {
        rank,
        pairs: preparePairs(interactions, resolved).byUser,
        fixed: itemFactors,
        gramian: gramian(itemFactors, rank),
        objective: objectiveOf(resolved),
        solved,
      };
      (resolved.nonNegative ? nonNegative : cholesky)(step, 0, 1);
      const folded = foldIn({ rank, itemFactors, options: resolved }, items, weights);
      if (resolved.nonNegative) {
        // Coordinate descent comes near the lowest loss, the fold-in is there.
        expect(Math.min(...folded)).toBeGreaterThanOrEqual(0);
        expect(lossAt(step, folded)).toBeLessThanOrEqual(lossAt(step, solved) + 1e-4);
        return;
      }
      const largest = Math.max(1e-3, ...solved.map(Math.abs));
      solved.forEach((value, f) => expect(Math.abs((folded[f] as number) - value) / largest).toBeLessThan(1e-3));
    }),
    { numRuns: 500 },
  );
});

test('follows the options and the rank of the model that is given, when two models share their item factors', () => {
  const itemFactors = Float32Array.of(1, 2);
  const item = Uint32Array.of(1);
  const of = (alpha: number) => foldIn({ rank: 1, itemFactors, options: resolveOptions({ rank: 1, alpha }) }, item)[0];
  const [weak, strong] = [of(1), of(50)];
  expect(strong).toBeGreaterThan(weak as number);
  expect(of(1)).toBe(weak);
  expect(foldIn({ rank: 2, itemFactors }, Uint32Array.of(0))).toHaveLength(2);
});
