import type { KernelFactory } from '../../src/fastest-kernel.js';
import type { Interactions } from '../../src/interactions.js';
import type { AlsModel, TrainRun } from '../../src/model.js';
import { resolveOptions } from '../../src/options.js';
import type { AlsOptions } from '../../src/options.js';
import { preparePairs } from '../../src/prepare.js';
import { trainOriented } from '../../src/train.js';

/** `trainAls` with a kernel of one's choice. */
export function trainWith(
  kernelFor: KernelFactory,
  interactions: Interactions,
  given: Partial<AlsOptions>,
  run: TrainRun = {},
): Promise<AlsModel> {
  const options = resolveOptions(given);
  const pairs = preparePairs(interactions, options);
  return trainOriented({ ...interactions, pairs }, options, run, kernelFor);
}

/** All factors of a model. */
export const factorBytes = (model: AlsModel): Buffer =>
  Buffer.concat([Buffer.from(model.userFactors.buffer), Buffer.from(model.itemFactors.buffer)]);

/** Losses by iteration. */
export const losses = (model: AlsModel): number[] => model.history.map(({ loss }) => loss);
