import type { AlsGeneration, NextAttractionModel } from '@attractions/contracts';
import { BUILT_IN_KINDS, alsScoring, nextAttractionScoring } from '@attractions/models';
import type { ModelKind } from '@attractions/models';

import { AlsTrainer } from './als-trainer.js';
import type { Iteration } from './model.js';
import { NextAttractionTrainer } from './next-attraction/next-attraction-trainer.js';
import type { AlsOptions } from './options.js';

/**
 * ALS with its training.
 *
 * @param onIteration called after each iteration
 */
export const alsKind = (
  options: Partial<AlsOptions> = {},
  onIteration?: (iteration: Iteration) => void,
): ModelKind<AlsGeneration> => ({
  ...alsScoring,
  /** A previous model of another rank is ignored. @throws AlsError */
  async train(visits, { signal, threads, previous }) {
    const { options: resolved } = new AlsTrainer(options);
    const before = await previous?.();
    const trainer = new AlsTrainer(options, before?.rank === resolved.rank ? before : undefined);
    return trainer.train(visits, {
      ...(signal && { signal }),
      ...(threads !== undefined && { threads }),
      ...(onIteration && { onIteration }),
    });
  },
});

/** The next attraction with its training. */
export const nextAttractionKind: ModelKind<NextAttractionModel> = {
  ...nextAttractionScoring,
  /** @throws AlsError `ALS_VISITS_INVALID` */
  train: (visits, { attractions, signal }) =>
    new NextAttractionTrainer(attractions).train(visits, signal ? { signal } : {}),
};

/** Every built-in kind with its training. The options are those of ALS. */
export const trainedKinds = (
  options: Partial<AlsOptions> = {},
  onIteration?: (iteration: Iteration) => void,
): readonly ModelKind[] => [
  nextAttractionKind,
  alsKind(options, onIteration),
  ...BUILT_IN_KINDS.filter((kind): kind is ModelKind => 'train' in kind),
];
