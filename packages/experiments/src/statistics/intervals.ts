import { normalAbove, twoSidedP } from './distributions.js';

/** The ends of an interval, both included. */
export type Range = readonly [low: number, high: number];

/** How estimates are turned into intervals. Both numbers are fixed before the experiment starts. */
export interface Reading {
  /** Share of experiments whose interval may miss the truth. Default .05. */
  readonly alpha?: number | undefined;
  /**
   * The number of users, of both panels together, at which the anytime-valid interval is narrowest; what `samplesNeeded` says. Default 10,000. The
   * interval stays valid at any other number. It is 27 % wider than the best at a tenth of them and 7 % wider at 10 times as many, so take the
   * lower number in doubt.
   */
  readonly intendedUsers?: number | undefined;
}

/** An estimate with everything one reads from it. */
export interface Effect {
  readonly estimate: number;
  readonly standardError: number;
  /** Right for one look, at a time that was fixed before. */
  readonly fixed: Range;
  /** Two-sided, for that one look. */
  readonly p: number;
  /** Right for all looks together, at any times, and for stopping at any of them. */
  readonly anytime: Range;
  /** Two-sided; may be looked at as often as wanted. Below alpha exactly when `anytime` leaves out 0. */
  readonly anytimeP: number;
}

/**
 * The mixture parameter rho squared of a confidence sequence that is narrowest at `users`, by the approximation in Waudby-Smith et al. 2021
 * (arXiv 2103.06476, appendix B.2): rho^2 = (-2 log alpha + log(-2 log alpha + 1)) / users. One over rho squared is a number of users.
 */
export function mixture(users: number, alpha: number): number {
  const evidence = -2 * Math.log(alpha);
  return (evidence + Math.log(evidence + 1)) / users;
}

/** By how many standard errors the interval for one look reaches to each side. */
export const fixedReach = ({ alpha = 0.05 }: Reading = {}): number => normalAbove(alpha / 2);

/**
 * By how many standard errors an anytime-valid interval reaches to each side at `users`: the asymptotic confidence sequence of Waudby-Smith et
 * al. 2021, theorem 2.2, sqrt(2 (n rho^2 + 1) / (n rho^2) * log(sqrt(n rho^2 + 1) / alpha)). At the intended number of users it is 3.03
 * for an alpha of .05, where the fixed interval has 1.96.
 */
export function anytimeReach(users: number, { alpha = 0.05, intendedUsers = 10_000 }: Reading = {}): number {
  const n = users * mixture(intendedUsers, alpha);
  return Math.sqrt(((2 * (n + 1)) / n) * Math.log(Math.sqrt(n + 1) / alpha));
}

/** The p value of the same sequence: the alpha at which the interval would just touch 0, with rho left as it is. */
function anytimeP(z: number, users: number, { alpha = 0.05, intendedUsers = 10_000 }: Reading): number {
  const n = users * mixture(intendedUsers, alpha);
  return Math.min(1, Math.exp(Math.log1p(n) / 2 - (z * z * n) / (2 * (n + 1))));
}

/** Intervals and p values of an estimate that is nearly normal. `users` are all whose values are in it. */
export function effectOf(estimate: number, standardError: number, users: number, reading: Reading = {}): Effect {
  const around = (reach: number): Range => [estimate - reach * standardError, estimate + reach * standardError];
  const z = estimate / standardError;
  return {
    estimate,
    standardError,
    fixed: around(fixedReach(reading)),
    p: twoSidedP(z),
    anytime: around(anytimeReach(users, reading)),
    anytimeP: anytimeP(z, users, reading),
  };
}

/**
 * Holm's adjustment (1979) of p values that are read together, in the order given: the chance that any of them is below alpha while nothing
 * has changed is at most alpha, however they depend on each other. Adjust anytime p values to look every day.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  [...pValues.entries()]
    .sort(([, a], [, b]) => a - b)
    .forEach(([index, p], rank) => {
      highest = Math.max(highest, Math.min(1, p * (pValues.length - rank)));
      adjusted[index] = highest;
    });
  return adjusted;
}
