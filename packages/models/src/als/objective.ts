import type { AlsGeneration } from '@attractions/contracts';
import { ModelsError } from '../errors.js';
import { log, power } from './power.js';

/** The options of a training that its loss depends on. */
export interface LossOptions {
  readonly implicitFeedback: boolean;
  readonly preset: 'ials' | 'implicit' | 'spark';
  readonly alpha: number;
  readonly unobservedWeight: number;
  readonly regularization: number;
  readonly regularizationExponent: number;
}

/**
 * What one observed pair adds to the loss as a function of its score d: `constant - 2 linear d + quadratic d^2`.
 * The normal equations of a row are then (base + sum quadratic y y') x = sum linear y.
 */
export interface PairTerms {
  readonly constant: number;
  readonly linear: number;
  readonly quadratic: number;
}

/** How a pair's weight becomes the terms of its loss. */
export interface PairCost {
  /** Whether the weight is a rating. If not, it says how sure a like (above 0) or a dislike (below 0) is. */
  readonly ratings: boolean;
  /** Confidence of a pair of weight 0. */
  readonly confidence: number;
  /** Confidence for each unit of weight. */
  readonly alpha: number;
  /** Subtracted from the confidence in the quadratic term. */
  readonly taken: number;
}

/** The loss to minimise, as a solver needs it. */
export interface Objective {
  readonly cost: PairCost;
  /** Weight of the sum over *all* pairs of the squared score; 0 for explicit feedback. */
  readonly unobserved: number;
  /** Factor on the squared length of a row with `history` pairs, where the other side has `others` rows. */
  ridge(history: number, others: number): number;
}

/** Terms of a pair of weight `weight`, in single precision as the solvers use them. */
export function termsOf({ ratings, confidence, alpha, taken }: PairCost, weight: number): PairTerms {
  if (ratings) return { constant: Math.fround(weight * weight), linear: weight, quadratic: 1 };
  const sure = confidence + alpha * Math.abs(weight);
  const preferred = weight > 0 ? Math.fround(sure) : 0;
  return { constant: preferred, linear: preferred, quadratic: Math.fround(sure - taken) };
}

/** Zhou et al. 2008: the sum over the known ratings of (rating - d)^2, ridge in proportion to (history)^exponent. */
function explicitObjective({ regularization, regularizationExponent }: LossOptions): Objective {
  return {
    cost: { ratings: true, confidence: 0, alpha: 0, taken: 0 },
    unobserved: 0,
    ridge: (history) => regularization * power(history, regularizationExponent),
  };
}

/**
 * Implicit feedback. With c the confidence and p = 1 for a weight above zero, else 0 (a dislike), an observed pair costs c (p - d)^2.
 *
 * - `ials` (Rendle et al. 2021): c = 1 + alpha |w|; *every* pair also costs a0 d^2; the ridge counts unobserved pairs at a0.
 * - `spark` and `implicit` (Hu et al. 2008): only *unobserved* pairs cost a0 d^2, so that term is subtracted for the observed ones. Spark's
 *   c is 1 + alpha |w|, that of `implicit` alpha |w|. Spark counts only the likes of a history for the ridge, this counts
 *   all pairs: the same unless there are dislikes.
 */
function implicitObjective(options: LossOptions): Objective {
  const { alpha, unobservedWeight, regularization, regularizationExponent, preset } = options;
  const taken = preset === 'ials' ? 0 : unobservedWeight;
  const counted = preset === 'ials' ? unobservedWeight : 0;
  return {
    cost: { ratings: false, confidence: preset === 'implicit' ? 0 : 1, alpha, taken },
    unobserved: unobservedWeight,
    ridge: (history, others) => regularization * power(history + counted * others, regularizationExponent),
  };
}

/** The objective that resolved options describe. Pure. */
export function objectiveOf(options: LossOptions): Objective {
  return options.implicitFeedback ? implicitObjective(options) : explicitObjective(options);
}

/** A weight that grows with the logarithm: sign(w) ln(1 + |w|). */
export const dampened = (weight: number): number => Math.sign(weight) * log(1 + Math.abs(weight));

/** The loss that a model was trained on, and what else a row of it depends on. */
export interface ModelObjective extends Objective {
  /** Applies the option `weighting`; in single precision, as the trainer keeps weights. */
  weigh(weight: number): number;
  readonly nonNegative: boolean;
}

/**
 * The objective that the options of a model describe. An explicit model need not have the options of implicit feedback.
 * @throws ModelsError MODELS_MODEL_INVALID where an option is missing or impossible
 */
export function modelObjectiveOf({ options }: Pick<AlsGeneration, 'options'>): ModelObjective {
  const { number, flag, word } = reader(options);
  const implicitFeedback = flag('implicitFeedback');
  const known = {
    implicitFeedback,
    preset: implicitFeedback ? word('preset', ['ials', 'implicit', 'spark']) : 'spark',
    alpha: implicitFeedback ? number('alpha') : 0,
    unobservedWeight: implicitFeedback ? number('unobservedWeight') : 0,
    regularization: number('regularization'),
    regularizationExponent: number('regularizationExponent'),
  };
  const isLog = word('weighting', ['linear', 'log'], 'linear') === 'log';
  return {
    ...objectiveOf(known),
    weigh: (weight) => Math.fround(isLog ? dampened(weight) : weight),
    nonNegative: flag('nonNegative', false),
  };
}

function reader(options: AlsGeneration['options']) {
  const refuse = (name: string, expected: string) =>
    new ModelsError(
      'MODELS_MODEL_INVALID',
      `The model's option '${name}' is ${String(options[name])}; it must be ${expected}. A model must carry the options it was trained with.`,
    );
  return {
    number(name: string): number {
      const value = options[name];
      if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
      throw refuse(name, 'a number of 0 or more');
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
