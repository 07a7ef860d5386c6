import { expect, test } from '@jest/globals';
import { AlsTrainer, foldIn } from '@attractions/als-trainer';
import { loadVisits } from '@attractions/etl';
import { foldInOf } from '@attractions/recommender';

import { SAMPLE_DATA } from './support/paths.js';

test('the service folds a visitor in as the trainer does: stages share the formula, not the code', async () => {
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
