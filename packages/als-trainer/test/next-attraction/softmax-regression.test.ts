import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { fitSoftmax } from '../../src/next-attraction/softmax-regression.js';
import type { Choices, Ridge } from '../../src/next-attraction/softmax-regression.js';

/** Two options, one feature: 1 for the first, 0 for the second. */
function coins(chosen: readonly number[]): Choices {
  return {
    count: chosen.length,
    options: 2,
    features: 1,
    values: Float64Array.from(chosen.flatMap(() => [1, 0])),
    open: new Uint8Array(2 * chosen.length).fill(1),
    chosen: Uint32Array.from(chosen),
  };
}

const weak: Ridge = { prior: [0], strength: 1e-9 };

test('three of four choices for the first of two options weigh ln 3', () => {
  expect(fitSoftmax(coins([0, 0, 1, 0]), weak)[0]).toBeCloseTo(Math.log(3), 6);
});

test('without choices, or with a pull far stronger than they are, the weights are the prior', () => {
  expect(fitSoftmax(coins([]), { prior: [0.7], strength: 1 })).toEqual([0.7]);
  expect(fitSoftmax(coins([0, 0, 0]), { prior: [0.7], strength: 1e9 })[0]).toBeCloseTo(0.7, 6);
});

test('a closed option does not count: what is left is certain and teaches nothing', () => {
  const choices = coins([0, 0]);
  choices.open.set([1, 0, 1, 0]);
  expect(fitSoftmax(choices, { prior: [0.5], strength: 1 })[0]).toBeCloseTo(0.5, 12);
});

test('a start that is far off overshoots and still arrives', () => {
  expect(fitSoftmax(coins([0, 0, 1, 0]), { prior: [12], strength: 1e-9 })[0]).toBeCloseTo(Math.log(3), 4);
});

const options = 4;
const features = 3;

const anyChoices = fc
  .array(
    fc.record({
      values: fc.array(fc.integer({ min: -20, max: 20 }), {
        minLength: options * features,
        maxLength: options * features,
      }),
      chosen: fc.nat(options - 1),
      closed: fc.nat(options - 1),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((drawn): Choices => {
    const open = new Uint8Array(drawn.length * options).fill(1);
    drawn.forEach(({ chosen, closed }, c) => (open[c * options + closed] = closed === chosen ? 1 : 0));
    return {
      count: drawn.length,
      options,
      features,
      values: Float64Array.from(drawn.flatMap(({ values }) => values.map((value) => value / 10))),
      open,
      chosen: Uint32Array.from(drawn, ({ chosen }) => chosen),
    };
  });

/** Penalised log likelihood, by its definition. */
function objective(choices: Choices, { prior, strength }: Ridge, weights: readonly number[]): number {
  let value = 0;
  for (let c = 0; c < choices.count; c++) {
    const scores = Array.from({ length: options }, (_, o) => {
      const at = (c * options + o) * features;
      return weights.reduce((sum, weight, f) => sum + weight * (choices.values[at + f] as number), 0);
    });
    const total = scores.reduce((sum, s, o) => sum + (choices.open[c * options + o] === 1 ? Math.exp(s) : 0), 0);
    value += (scores[choices.chosen[c] as number] as number) - Math.log(total);
  }
  return value - (strength / 2) * weights.reduce((sum, w, f) => sum + (w - (prior[f] as number)) ** 2, 0);
}

test('no step away from the fitted weights makes the choices more likely', () => {
  const ridge = { prior: [0.5, 0, -0.5], strength: 0.1 };
  fc.assert(
    fc.property(anyChoices, (choices) => {
      const fitted = fitSoftmax(choices, ridge);
      const best = objective(choices, ridge, fitted);
      for (let f = 0; f < features; f++)
        for (const step of [-0.01, 0.01])
          expect(
            objective(
              choices,
              ridge,
              fitted.map((w, g) => (g === f ? w + step : w)),
            ),
          ).toBeLessThan(best);
    }),
  );
});
