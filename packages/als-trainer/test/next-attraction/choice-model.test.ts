import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { fitChoices } from '../../src/next-attraction/choice-model.js';
import type { Choices, Circumstances, Prior } from '../../src/next-attraction/choice-model.js';

/** No circumstances in any of so many choices. */
const nothing = (count: number): Circumstances => ({
  kinds: 0,
  offsets: new Uint32Array(count + 1),
  kind: new Uint32Array(),
  value: new Float64Array(),
});

/** One circumstance that holds in every choice. */
const always = (count: number): Circumstances => ({
  kinds: 1,
  offsets: Uint32Array.from({ length: count + 1 }, (_, choice) => choice),
  kind: new Uint32Array(count),
  value: new Float64Array(count).fill(1),
});

/** Two options, one feature: 1 for the first, 0 for the second. */
function coins(chosen: readonly number[]): Choices {
  return {
    count: chosen.length,
    options: 2,
    features: 1,
    values: Float64Array.from(chosen.flatMap(() => [1, 0])),
    open: new Uint8Array(2 * chosen.length).fill(1),
    chosen: Uint32Array.from(chosen),
    circumstances: nothing(chosen.length),
  };
}

const weak: Prior = { weights: [0], strength: 1e-9, pulls: [] };
const weightsOf = (choices: Choices, prior: Prior) => fitChoices(choices, prior).weights;

test('three of four choices for the first of two options weigh ln 3', () => {
  expect(weightsOf(coins([0, 0, 1, 0]), weak)[0]).toBeCloseTo(Math.log(3), 3);
});

test('without choices, or with a pull far stronger than they are, the weights are the prior', () => {
  expect(weightsOf(coins([]), { ...weak, weights: [0.7], strength: 1 })).toEqual([0.7]);
  expect(weightsOf(coins([0, 0, 0]), { ...weak, weights: [0.7], strength: 1e9 })[0]).toBeCloseTo(0.7, 6);
});

test('a closed option does not count: what is left is certain and teaches nothing', () => {
  const choices = coins([0, 0]);
  choices.open.set([1, 0, 1, 0]);
  expect(weightsOf(choices, { ...weak, weights: [0.5], strength: 1 })[0]).toBeCloseTo(0.5, 12);
});

test('a start that is far off overshoots and still arrives', () => {
  expect(weightsOf(coins([0, 0, 1, 0]), { ...weak, weights: [12] })[0]).toBeCloseTo(Math.log(3), 2);
});

test('a circumstance corrects what the features cannot say: options that are alike get apart by how often they are chosen', () => {
  // No feature tells the two apart; one circumstance holds always. Three of four chose the first.
  const choices = { ...coins([0, 0, 1, 0]), values: new Float64Array(8), circumstances: always(4) };
  const { weights, corrections } = fitChoices(choices, { ...weak, pulls: [1e-6] });
  expect(weights[0]).toBe(0);
  expect((corrections[0] as number) - (corrections[1] as number)).toBeCloseTo(Math.log(3), 3);
  // Pulled hard, there is none.
  const held = fitChoices(choices, { ...weak, pulls: [1e9] }).corrections;
  expect(Math.abs(held[0] as number)).toBeLessThan(1e-6);
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
      circumstances: always(drawn.length),
    };
  });

/** Penalised log likelihood, by its definition; the parameters are the weights, then the corrections. */
function objective(choices: Choices, { weights, strength, pulls }: Prior, at: readonly number[]): number {
  let value = 0;
  for (let c = 0; c < choices.count; c++) {
    const scores = Array.from({ length: options }, (_, o) => {
      const cell = (c * options + o) * features;
      const weighed = weights.map((_, f) => (at[f] as number) * (choices.values[cell + f] as number));
      return weighed.reduce((sum, part) => sum + part, at[features + o] as number);
    });
    const total = scores.reduce((sum, s, o) => sum + (choices.open[c * options + o] === 1 ? Math.exp(s) : 0), 0);
    value += (scores[choices.chosen[c] as number] as number) - Math.log(total);
  }
  return at.reduce(
    (sum, w, f) => sum - (f < features ? strength : (pulls[0] as number)) * ((w - (weights[f] ?? 0)) ** 2 / 2),
    value,
  );
}

test('no step away from the fit makes the choices more likely', () => {
  const prior = { weights: [0.5, 0, -0.5], strength: 0.1, pulls: [0.3] };
  fc.assert(
    fc.property(anyChoices, (choices) => {
      const { weights, corrections } = fitChoices(choices, prior);
      const fitted = [...weights, ...corrections];
      const best = objective(choices, prior, fitted);
      for (let k = 0; k < fitted.length; k++)
        for (const step of [-0.05, 0.05])
          expect(
            objective(
              choices,
              prior,
              fitted.map((value, other) => (other === k ? value + step : value)),
            ),
          ).toBeLessThan(best);
    }),
  );
});
