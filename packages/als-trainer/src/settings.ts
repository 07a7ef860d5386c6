import { choice, flag, integer, number, sharedSettings, sparkRemote } from '@attractions/config';
import type { Config, Setting, Settings } from '@attractions/config';

import { modelsSetting } from '@attractions/models/settings';

import { optionSpecs } from './options.js';
import type { AlsOptions, OptionSpec } from './options.js';

/** `regularizationExponent` -> `ALS_REGULARIZATION_EXPONENT`. */
const variableOf = (option: string): string => `ALS_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`;

/** A setting for one option. It has no default of its own, so that an unset one takes the preset's. */
function settingOf(name: string, spec: OptionSpec): Setting<AlsOptions[keyof AlsOptions] | undefined> {
  const description = `${spec.description} Unset: ${String(spec.default)}, or the preset's.`;
  const variable = variableOf(name);
  if (spec.type === 'flag') return flag({ variable, description });
  if (spec.type === 'choice') return choice({ variable, description, choices: spec.choices }) as Setting<never>;
  const { min, max, unit } = spec;
  return spec.type === 'integer'
    ? integer({ variable, description, min, max, unit })
    : number({ variable, description, min, max, unit });
}

type OptionSettings = { readonly [K in keyof AlsOptions]: Setting<AlsOptions[K] | undefined> };

/** One setting for each option of `trainAls`, derived from their table: `ALS_RANK`, `ALS_ITERATIONS`, … */
export const optionSettings = Object.fromEntries(
  Object.entries(optionSpecs).map(([name, spec]) => [name, settingOf(name, spec)]),
) as OptionSettings;

/** All settings of the training stage. */
export const trainSettings = {
  ...sharedSettings,
  models: modelsSetting,
  ...optionSettings,
  trainOn: choice({
    variable: 'TRAIN_ON',
    description:
      'What trains ALS: the kernel of this package, or Spark’s own ALS on the server of SPARK_REMOTE. Other kinds of model train here.',
    choices: ['kernel', 'spark'],
    default: 'kernel',
  }),
  sparkRemote,
  threads: integer({
    variable: 'TRAIN_THREADS',
    description: 'Threads that share the training. The model is the same for any number. Unset: one per core.',
    min: 1,
    max: 64,
    unit: 'threads',
  }),
  warmStart: flag({
    variable: 'TRAIN_WARM_START',
    description: 'Start from the latest model in the feed, matched by id, where there is one of the same rank.',
    default: false,
  }),
} satisfies Settings;

/** What `runTrain` is configured with. */
export type TrainConfig = Config<typeof trainSettings>;

/** The options of `trainAls` within a configuration; what is unset is left out. */
export function optionsOf(config: TrainConfig): Partial<AlsOptions> {
  const names = Object.keys(optionSpecs) as (keyof AlsOptions)[];
  return Object.fromEntries(names.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]]])));
}
