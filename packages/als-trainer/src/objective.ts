import type { AlsOptions } from './options.js';
import { power } from './power.js';

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
  /** The weight is a rating; else it says how sure a liking (above 0) or a dislike is. */
  readonly ratings: boolean;
  /** Confidence of a pair of weight 0. */
  readonly confidence: number;
  /** Confidence for each unit of weight. */
  readonly alpha: number;
  /** Taken off the confidence in the quadratic term. */
  readonly taken: number;
}

/** The loss that is minimised, as the things a solver has to know. */
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
function explicitObjective({ regularization, regularizationExponent }: AlsOptions): Objective {
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
 * - `spark` and `implicit` (Hu et al. 2008): only *unobserved* pairs cost a0 d^2, so that term is taken off the observed ones. Spark's
 *   c is 1 + alpha |w|, `implicit` takes alpha |w| as it stands. Spark counts a history's likes for the ridge; all pairs here, the
 *   same thing unless there are dislikes.
 */
function implicitObjective(options: AlsOptions): Objective {
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
export function objectiveOf(options: AlsOptions): Objective {
  return options.implicitFeedback ? implicitObjective(options) : explicitObjective(options);
}
