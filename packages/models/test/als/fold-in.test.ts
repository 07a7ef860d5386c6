import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldInOf } from '../../src/als/fold-in.js';
import type { FoldedIn, History } from '../../src/als/fold-in.js';
import type { AlsGeneration } from '@attractions/contracts';
import { modelObjectiveOf, termsOf } from '../../src/als/objective.js';
import { ModelsError } from '../../src/errors.js';
import { modelOf } from '../../src/testing/sample.js';

/** Spread evenly: a random double of fast-check is near 0 nearly always. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((part) => min + ((max - min) * part) / 10_000);

const implicit = {
  preset: 'ials',
  implicitFeedback: true,
  alpha: 2,
  unobservedWeight: 0.5,
  regularization: 0.25,
  regularizationExponent: 1,
};

function foldInto(model: AlsGeneration, history: History): FoldedIn {
  const folded = foldInOf(model)(history);
  if (!folded.isUnique) throw new Error('no single solution');
  return folded;
}

describe('foldIn', () => {
  test('solves rank 1 as by hand', () => {
    // Items 1 and 2, history: item 2 (y = 2) with weight 3. c = 1 + 2 * 3 = 7; Gramian 1 + 4 = 5; ridge 0.25 * (1 + 0.5 * 2) = 0.5.
    // (0.5 * 5 + 7 * 4 + 0.5) x = 7 * 2, so x = 14 / 31.
    const { factors, contributions } = foldInto(modelOf({ rank: 1, itemFactors: [1, 2], options: implicit }), {
      items: Uint32Array.of(1),
      weights: Float32Array.of(3),
    });
    expect(factors[0]).toBeCloseTo(14 / 31, 6);
    expect(contributions(0)[0]).toBeCloseTo(14 / 31, 12);
  });

  test('solves rank 2 as by hand', () => {
    // Items (1, 0), (0, 1), (1, 1); history: the first and the third, weight 1 each, so c = 3; Gramian ((2, 1), (1, 2)), halved;
    // ridge 0.25 * (2 + 0.5 * 3) = 0.875. A = ((1 + 6 + 0.875, 0.5 + 3), (0.5 + 3, 1 + 3 + 0.875)), b = (6, 3).
    const { factors } = foldInto(modelOf({ rank: 2, itemFactors: [1, 0, 0, 1, 1, 1], options: implicit }), {
      items: Uint32Array.of(0, 2),
      weights: Float32Array.of(1, 1),
    });
    const determinant = 7.875 * 4.875 - 3.5 * 3.5;
    expect(factors[0]).toBeCloseTo((6 * 4.875 - 3 * 3.5) / determinant, 6);
    expect(factors[1]).toBeCloseTo((7.875 * 3 - 3.5 * 6) / determinant, 6);
  });

  test.each([
    // Hu's loss has no a0 on observed items, and no unobserved items in the ridge, here 0.25 * 1.
    ['implicit', { confidence: 2 * 3 }],
    ['spark', { confidence: 1 + 2 * 3 }],
  ])('follows the %s family of loss', (preset, { confidence }) => {
    const { factors } = foldInto(modelOf({ rank: 1, itemFactors: [1, 2], options: { ...implicit, preset } }), {
      items: Uint32Array.of(1),
      weights: Float32Array.of(3),
    });
    expect(factors[0]).toBeCloseTo((confidence * 2) / (0.5 * 1 + confidence * 4 + 0.25), 6);
  });

  test('keeps factors at zero or above where the model does', () => {
    // Rank 2, one item (1, 0) visited, and one (1, 1) that is not: without the bound the second factor would go below zero.
    const model = { rank: 2, itemFactors: [1, 0, 1, 1], options: implicit };
    const visit = { items: Uint32Array.of(0), weights: Float32Array.of(3) };
    expect(foldInto(modelOf(model), visit).factors[1]).toBeLessThan(0);
    const { factors, contributions } = foldInto(
      modelOf({ ...model, options: { ...implicit, nonNegative: true } }),
      visit,
    );
    // With the second at 0: (0.5 * 2 + 7 + 0.5) x = 7.
    expect([...factors]).toEqual([Math.fround(7 / 8.5), 0]);
    expect(contributions(1)[0]).toBeCloseTo(7 / 8.5, 12);
  });

  test('fits ratings where the model is explicit', () => {
    // One factor, items 1 and 2, rated 3 and 4: (1 + 4 + 0.1 * 2) x = 3 + 8.
    const options = { implicitFeedback: false, regularization: 0.1, regularizationExponent: 1 };
    const { factors } = foldInto(modelOf({ rank: 1, itemFactors: [1, 2], options }), {
      items: Uint32Array.of(0, 1),
      weights: Float32Array.of(3, 4),
    });
    expect(factors[0]).toBeCloseTo(11 / 5.2, 6);
  });

  const history = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 9 })), {
    selector: ([item]) => item,
    minLength: 1,
  });
  const factors = fc.array(between(-1, 1), { minLength: 18, maxLength: 18 });

  test('finds the minimum: no step away from it lowers the loss', () => {
    fc.assert(
      fc.property(factors, history, fc.integer({ min: 0, max: 2 }), (itemFactors, visited, axis) => {
        const model = modelOf({ rank: 3, itemFactors, options: { ...implicit, regularizationExponent: 0.5 } });
        const found = foldInto(model, {
          items: Uint32Array.from(visited, ([item]) => item),
          weights: Float32Array.from(visited, ([, weight]) => weight),
        }).factors;
        const loss = (x: Float32Array) => {
          const score = (item: number) =>
            x.reduce((sum, value, f) => sum + value * (model.itemFactors[item * 3 + f] ?? 0), 0);
          const observed = visited.reduce((sum, [item, weight]) => sum + (1 + 2 * weight) * (1 - score(item)) ** 2, 0);
          const all = Array.from({ length: 6 }, (_, item) => 0.5 * score(item) ** 2).reduce((a, b) => a + b, 0);
          const ridge = 0.25 * (visited.length + 0.5 * 6) ** 0.5;
          return observed + all + ridge * x.reduce((sum, value) => sum + value * value, 0);
        };
        for (const step of [-0.01, 0.01])
          expect(loss(found.with(axis, (found[axis] as number) + step))).toBeGreaterThan(loss(found));
      }),
    );
  });

  test('explains a score in full: the contributions sum to it', () => {
    fc.assert(
      fc.property(factors, history, fc.integer({ min: 0, max: 5 }), (itemFactors, visited, item) => {
        const model = modelOf({ rank: 3, itemFactors, options: implicit });
        const folded = foldInto(model, {
          items: Uint32Array.from(visited, ([seen]) => seen),
          weights: Float32Array.from(visited, ([, weight]) => weight),
        });
        const score = folded.factors.reduce((sum, x, f) => sum + x * (model.itemFactors[item * 3 + f] as number), 0);
        expect(folded.contributions(item).reduce((a, b) => a + b, 0)).toBeCloseTo(score, 5);
      }),
    );
  });

  describe('a history shorter than half the rank, which is solved in its own length', () => {
    const rank = 12;
    const factor = between(-1, 1);
    const rows = fc.array(factor, { minLength: 8 * rank, maxLength: 8 * rank });
    const short = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 9 })), {
      selector: ([item]) => item,
      minLength: 1,
      maxLength: 5,
    });
    const kinds = fc.constantFrom(
      implicit,
      { ...implicit, regularizationExponent: 0 },
      { ...implicit, preset: 'spark' },
      // Confidence 0.1 * weight below the unobserved weight: less than nothing is added, and the large system is solved.
      { ...implicit, preset: 'implicit', alpha: 0.1 },
      { implicitFeedback: false, regularization: 0.1, regularizationExponent: 1 },
    );

    test('has the factors of the whole equations, residual 0, and contributions that sum to each score', () => {
      fc.assert(
        fc.property(rows, short, kinds, (itemFactors, visited, options) => {
          const model = modelOf({ rank, itemFactors, options });
          const items = Uint32Array.from(visited, ([item]) => item);
          const weights = Float32Array.from(visited, ([, weight]) => weight);
          const folded = foldInto(model, { items, weights });
          const { cost, weigh, unobserved, ridge } = modelObjectiveOf(model);
          const y = (item: number) => model.itemFactors.subarray(item * rank, (item + 1) * rank);
          const score = (item: number) =>
            y(item).reduce((sum, value, f) => sum + value * (folded.factors[f] as number), 0);
          for (let f = 0; f < rank; f++) {
            const of = (item: number) => y(item)[f] as number;
            let rest = ridge(items.length, 8) * (folded.factors[f] as number);
            for (let item = 0; item < 8; item++) rest += unobserved * score(item) * of(item);
            items.forEach((item, n) => {
              const { linear, quadratic } = termsOf(cost, weigh(weights[n] as number));
              rest += (quadratic * score(item) - linear) * of(item);
            });
            expect(Math.abs(rest)).toBeLessThan(1e-3);
          }
          for (let item = 0; item < 8; item++)
            expect(folded.contributions(item).reduce((a, b) => a + b, 0)).toBeCloseTo(score(item), 4);
        }),
      );
    });
  });

  test('refuses a model without its options', () => {
    expect(() => foldInOf(modelOf({ rank: 1, itemFactors: [1], options: {} }))).toThrow(ModelsError);
    expect(() => foldInOf(modelOf({ rank: 1, itemFactors: [1], options: { ...implicit, preset: 'own' } }))).toThrow(
      /'preset' is own; it must be ials or implicit or spark\./,
    );
    const withoutAlpha = { ...implicit, alpha: 'much' };
    expect(() => foldInOf(modelOf({ rank: 1, itemFactors: [1], options: withoutAlpha }))).toThrow(/'alpha' is much/);
  });

  test('is 0 in a direction that the history does not determine, and says that the solution is not unique', () => {
    const flat = foldInOf(modelOf({ rank: 2, itemFactors: [1, 0], options: { ...implicit, regularization: 0 } }));
    const { factors, isUnique } = flat({ items: Uint32Array.of(0), weights: Float32Array.of(1) });
    // (0.5 + 3) x = 3 in the first direction.
    expect([...factors, isUnique]).toEqual([Math.fround(3 / 3.5), 0, false]);
  });
});
