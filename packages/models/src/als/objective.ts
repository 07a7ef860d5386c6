import type { AlsGeneration } from '@attractions/contracts';
import { ModelsError } from '../errors.js';

/** A visitor's row of the training loss, as the two sides of its normal equations. */
export interface RowObjective {
  /** Share of an observed item in the right side; the preference it pulls to, times its confidence. */
  linear(weight: number): number;
  /** Share of an observed item in the matrix, above what `unobserved` already puts there. */
  quadratic(weight: number): number;
  /** Weight of the squared score of every item; 0 for an explicit model. */
  readonly unobserved: number;
  /** Factor on the squared length of the visitor's vector. */
  ridge(historyLength: number): number;
  readonly nonNegative: boolean;
}

/** Confidence of an observed item as `base + alpha * weight`, and what Hu's form takes off again, since it has no a0 on observed items. */
const FAMILIES = {
  ials: { base: 1, hu: false },
  implicit: { base: 0, hu: true },
  spark: { base: 1, hu: true },
} as const;

/** What a weight counts before anything else is made of it; in single precision, as the trainer keeps weights. */
const WEIGHTINGS = {
  linear: (weight: number) => Math.fround(weight),
  log: (weight: number) => Math.fround(Math.log1p(weight)),
} as const;

/**
 * The loss that a model was trained on, read from the options it carries, under the trainer's names: Rendle et al. 2021 (`ials`), Hu et al. 2008
 * (`implicit`, `spark`), Zhou et al. 2008 (not `implicitFeedback`).
 *
 * @throws ModelsError MODELS_MODEL_INVALID where an option is missing or impossible
 */
export function rowObjectiveOf({ options, attractionIds }: AlsGeneration): RowObjective {
  const { number, flag, word } = reader(options);
  const regularization = number('regularization');
  const exponent = number('regularizationExponent');
  const nonNegative = flag('nonNegative', false);
  const weigh = WEIGHTINGS[word('weighting', ['linear', 'log'], 'linear')];
  if (!flag('implicitFeedback'))
    return {
      linear: weigh,
      quadratic: () => 1,
      unobserved: 0,
      ridge: (length) => Math.fround(regularization * length ** exponent),
      nonNegative,
    };
  const { base, hu } = FAMILIES[word('preset', Object.keys(FAMILIES) as (keyof typeof FAMILIES)[])];
  const alpha = number('alpha');
  const unobserved = number('unobservedWeight');
  const phantom = hu ? 0 : unobserved * attractionIds.length;
  return {
    linear: (weight) => Math.fround(base + alpha * weigh(weight)),
    quadratic: (weight) => Math.fround(base + alpha * weigh(weight) - (hu ? unobserved : 0)),
    unobserved,
    ridge: (length) => Math.fround(regularization * (length + phantom) ** exponent),
    nonNegative,
  };
}

function reader(options: AlsGeneration['options']) {
  const refuse = (name: string, due: string) =>
    new ModelsError(
      'MODELS_MODEL_INVALID',
      `The model's option '${name}' is ${String(options[name])} where ${due} is due; a model must carry the options it was trained with.`,
    );
  return {
    number(name: string): number {
      const value = options[name];
      if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
      throw refuse(name, 'a number, 0 or more,');
    },
    flag(name: string, otherwise?: boolean): boolean {
      const value = options[name] ?? otherwise;
      if (typeof value === 'boolean') return value;
      throw refuse(name, 'true or false');
    },
    word<W extends string>(name: string, words: readonly W[], otherwise?: W): W {
      const found = words.find((word) => word === (options[name] ?? otherwise));
      if (found !== undefined) return found;
      throw refuse(name, words.join(' or '));
    },
  };
}
