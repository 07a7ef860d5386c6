import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AlsTrainer, foldIn, resolveOptions } from '@attractions/als-trainer';
import { loadVisits } from '@attractions/etl';
import type { AlsGeneration } from '@attractions/contracts';
import { foldInOf } from '@attractions/models';

import { SAMPLE_DATA } from './support/paths.js';

test('the service folds a visitor in as the trainer does', async () => {
  const { visits } = await loadVisits(SAMPLE_DATA);
  const trainer = new AlsTrainer({ rank: 8, iterations: 3 });
  const model = await trainer.train(visits);
  const foldInHere = foldInOf(model);
  for (let user = 0; user < 20; user++) {
    const items = model.seen.items.slice(model.seen.offsets[user], model.seen.offsets[user + 1]);
    const there = foldIn({ ...model, options: trainer.options }, items);
    const here = foldInHere({ items, weights: new Float32Array(items.length).fill(1) });
    there.forEach((value, factor) => expect(here?.factors[factor]).toBeCloseTo(value, 5));
  }
});

/** Spread evenly: a random double of fast-check is near 0 nearly always. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((part) => min + ((max - min) * part) / 10_000);

const options = fc.record({
  preset: fc.constantFrom('ials', 'implicit', 'spark'),
  implicitFeedback: fc.boolean(),
  nonNegative: fc.boolean(),
  weighting: fc.constantFrom('linear', 'log'),
  rank: fc.integer({ min: 1, max: 12 }),
  alpha: between(0, 40),
  unobservedWeight: between(0, 2),
  regularization: between(0.01, 5),
  regularizationExponent: between(0, 1),
});

/** Items of a history, each once, with weights above 0, as the trainer takes them and as counts of visits are. */
const history = fc.uniqueArray(fc.tuple(fc.nat(19), fc.oneof(fc.integer({ min: 1, max: 30 }), between(0.05, 30))), {
  minLength: 1,
  maxLength: 20,
  selector: ([item]) => item,
});

test('over random options, weights and histories too', () => {
  fc.assert(
    fc.property(
      options,
      history,
      fc.array(between(-1, 1), { minLength: 240, maxLength: 240 }),
      (given, pairs, cells) => {
        const resolved = resolveOptions(given as Parameters<typeof resolveOptions>[0]);
        const { rank, nonNegative } = resolved;
        const itemFactors = Float32Array.from(cells.slice(0, 20 * rank), (cell) =>
          nonNegative ? Math.abs(cell) : cell,
        );
        const items = Uint32Array.from(pairs, ([item]) => item);
        const weights = Float32Array.from(pairs, ([, weight]) => weight);
        const attractionIds = Array.from({ length: 20 }, (_, item) => `p:${item}`);
        const model = { rank, itemFactors, attractionIds, options: resolved } as unknown as AlsGeneration;

        const there = foldIn({ rank, itemFactors, options: resolved }, items, weights);
        const here = foldInOf(model)({ items, weights })?.factors ?? [];
        const largest = Math.max(1e-3, ...there.map(Math.abs));
        expect(here).toHaveLength(rank);
        there.forEach((value, factor) =>
          expect(Math.abs((here[factor] as number) - value) / largest).toBeLessThan(1e-4),
        );
        if (nonNegative) expect(Math.min(...here)).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 500 },
  );
});
