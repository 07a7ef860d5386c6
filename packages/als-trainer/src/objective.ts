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

/** The loss that is minimised, as the three things a solver has to know. */
export interface Objective {
  /** Terms of a pair of weight `weight`, in single precision as the solvers use them. */
  terms(weight: number): PairTerms;
  /** Weight of the sum over *all* pairs of the squared score; 0 for explicit feedback. */
  readonly unobserved: number;
  /** Factor on the squared length of a row with `history` pairs, where the other side has `others` rows. */
  ridge(history: number, others: number): number;
}

const single = (constant: number, linear: number, quadratic: number): PairTerms => ({
  constant: Math.fround(constant),
  linear: Math.fround(linear),
  quadratic: Math.fround(quadratic),
});

/** Zhou et al. 2008: the sum over the known ratings of (rating - d)^2, ridge in proportion to (history)^exponent. */
function explicitObjective({ regularization, regularizationExponent }: AlsOptions): Objective {
  return {
    terms: (rating) => single(Math.fround(rating) * Math.fround(rating), rating, 1),
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
  const base = preset === 'implicit' ? 0 : 1;
  const taken = preset === 'ials' ? 0 : unobservedWeight;
  const counted = preset === 'ials' ? unobservedWeight : 0;
  return {
    terms(weight) {
      const confidence = base + alpha * Math.abs(weight);
      const preferred = weight > 0 ? confidence : 0;
      return single(preferred, preferred, confidence - taken);
    },
    unobserved: unobservedWeight,
    ridge: (history, others) => regularization * power(history + counted * others, regularizationExponent),
  };
}

/** The objective that resolved options describe. Pure. */
export function objectiveOf(options: AlsOptions): Objective {
  return options.implicitFeedback ? implicitObjective(options) : explicitObjective(options);
}
