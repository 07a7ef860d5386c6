import { anytimeReach, effectOf, fixedReach } from './intervals.js';
import type { Effect, Range, Reading } from './intervals.js';
import { summarise } from './moments.js';
import type { Moments, Summary, Weights } from './moments.js';

/**
 * - `proportion`: share of users with y = 1;
 * - `mean` and `count`: mean of y over users;
 * - `ratio`: sum of y over sum of x. Its variance is by user, with the delta method (Deng et al. 2018, arXiv 1803.06336), since the
 *   denominators (lists, visits) of one user are not independent.
 */
export type MetricType = 'proportion' | 'mean' | 'count' | 'ratio';

/** The value of a metric in one panel. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly users: number;
  readonly fixed: Range;
  readonly anytime: Range;
}

/** How a panel differs from the control. */
export interface Difference {
  /** Treatment minus control, in the unit of the metric. */
  readonly absolute: Effect;
  /**
   * The same divided by the control's value without its sign: .02 is 2 % more. Intervals by Fieller (1954), so they leave out 0 exactly where those of
   * `absolute` do, and the p values are the same; they reach to infinity where the control's value may be 0. Standard error by the delta
   * method. Undefined where the control's value is 0.
   */
  readonly relative: Effect | undefined;
}

export interface Comparison extends Difference {
  /** The same with what users did before taken out; undefined where the sums have no z, or z is the same for all users. */
  readonly cuped: (Difference & { readonly theta: number; readonly varianceSaved: number }) | undefined;
}

/** A value with how it moves with the means of its panel. */
interface Value {
  readonly value: number;
  readonly weights: Weights;
}

/** The value of a metric in one panel; undefined below 2 users, and where the users do not differ or the denominator is 0. */
export function estimate(type: MetricType, moments: Moments, reading?: Reading): Estimate | undefined {
  const panel = summarise(moments);
  const { value, weights } = valueOf(type, panel);
  const standardError = Math.sqrt(varianceOf(type, panel, weights));
  if (!isPositive(standardError)) return undefined;
  const { fixed, anytime } = effectOf(value, standardError, panel.users, reading);
  return { value, standardError, users: panel.users, fixed, anytime };
}

/**
 * Compares a panel with the control. The difference of proportions and means has the variance of both panels, each its own (Welch 1947); with CUPED
 * (Deng et al. 2013) theta comes from both panels together, so that the estimate is that of the regression of y on the panel and z. For a ratio, CUPED
 * works on the linearised values (y - R x) / mean x.
 *
 * @returns undefined where there is nothing to judge by: fewer than 2 users in a panel, users that do not differ, denominators of 0
 */
export function compare(
  type: MetricType,
  treatment: Moments,
  control: Moments,
  reading?: Reading,
): Comparison | undefined {
  const panels: Pair = { type, t: summarise(treatment), c: summarise(control), reading };
  const [t, c] = [valueOf(type, panels.t), valueOf(type, panels.c)];
  const plain = differenceOf(panels, t, c, nothing, nothing);
  return plain && { ...plain, cuped: cupedOf(panels, t, c, plain.absolute.standardError) };
}

interface Pair {
  readonly type: MetricType;
  readonly t: Summary;
  readonly c: Summary;
  readonly reading: Reading | undefined;
}

function cupedOf(panels: Pair, t: Value, c: Value, plainError: number): Comparison['cuped'] {
  const { t: treatment, c: control } = panels;
  const within = (of: (panel: Summary, weights: Weights) => number) =>
    (treatment.users - 1) * of(treatment, t.weights) + (control.users - 1) * of(control, c.weights);
  const theta = within((panel, weights) => panel.covariance(weights, z)) / within((panel) => panel.covariance(z, z));
  if (!Number.isFinite(theta)) return undefined;
  // Each value is moved to the mean of z over both panels, which moves with the users of both.
  const share = treatment.users / (treatment.users + control.users);
  const apart = treatment.means.z - control.means.z;
  const difference = differenceOf(
    panels,
    { value: t.value - theta * (1 - share) * apart, weights: plus(t.weights, times(z, -theta * (1 - share))) },
    { value: c.value + theta * share * apart, weights: plus(c.weights, times(z, -theta * share)) },
    times(z, theta * (1 - share)),
    times(z, theta * share),
  );
  if (difference === undefined) return undefined;
  return { theta, varianceSaved: 1 - (difference.absolute.standardError / plainError) ** 2, ...difference };
}

/** `tOnControl`: how the treatment's value moves with the means of the control; `cOnTreatment` the other way round. */
function differenceOf(
  { type, t: treatment, c: control, reading }: Pair,
  t: Value,
  c: Value,
  tOnControl: Weights,
  cOnTreatment: Weights,
): Difference | undefined {
  /** Of `byT` times the treatment's value and `byC` times the control's. */
  const variance = (byT: number, byC: number) =>
    varianceOf(type, treatment, plus(times(t.weights, byT), times(cOnTreatment, byC))) +
    varianceOf(type, control, plus(times(tOnControl, byT), times(c.weights, byC)));
  const error = Math.sqrt(variance(1, -1));
  if (!isPositive(error)) return undefined;
  const users = treatment.users + control.users;
  const absolute = effectOf(t.value - c.value, error, users, reading);
  if (c.value === 0) return { absolute, relative: undefined };
  const [sign, ratio] = [Math.sign(c.value), t.value / c.value];
  const [ofDifference, ofControl] = [variance(1, -1), variance(0, 1)];
  const covariance = (variance(1, 0) - ofDifference - ofControl) / 2;
  const range = (reach: number) =>
    fieller(absolute.estimate, sign * c.value, reach ** 2, ofDifference, ofControl, sign * covariance);
  return {
    absolute,
    relative: {
      estimate: absolute.estimate / Math.abs(c.value),
      standardError: Math.sqrt(variance(1, -ratio)) / Math.abs(c.value),
      fixed: range(fixedReach(reading)),
      p: absolute.p,
      anytime: range(anytimeReach(users, reading)),
      anytimeP: absolute.anytimeP,
    },
  };
}

/**
 * The ratios r for which d - r c is at most the root of `reach2` of its standard errors from 0 (Fieller 1954), from the variances of d and c and their
 * covariance; all numbers where c itself may be 0.
 */
function fieller(d: number, c: number, reach2: number, dd: number, cc: number, dc: number): Range {
  const bottom = c * c - reach2 * cc;
  if (!(bottom > 0)) return [-Infinity, Infinity];
  const middle = d * c - reach2 * dc;
  const side = Math.sqrt(Math.max(0, middle * middle - bottom * (d * d - reach2 * dd)));
  return [(middle - side) / bottom, (middle + side) / bottom];
}

function valueOf(type: MetricType, { means: { y, x } }: Summary): Value {
  if (type !== 'ratio') return { value: y, weights: { y: 1, x: 0, z: 0 } };
  return { value: y / x, weights: { y: 1 / x, x: -y / x ** 2, z: 0 } };
}

/** Of the mean of the users' weighted values. The variance of a proportion p is p (1 - p), as everywhere; that of other values has the divisor n - 1. */
function varianceOf(type: MetricType, panel: Summary, weights: Weights): number {
  const divisor = type === 'proportion' ? panel.users ** 2 / (panel.users - 1) : panel.users;
  return panel.covariance(weights, weights) / divisor;
}

const nothing: Weights = { y: 0, x: 0, z: 0 };
const z: Weights = { y: 0, x: 0, z: 1 };
const plus = (a: Weights, b: Weights): Weights => ({ y: a.y + b.y, x: a.x + b.x, z: a.z + b.z });
const times = (a: Weights, by: number): Weights => ({ y: a.y * by, x: a.x * by, z: a.z * by });
const isPositive = (value: number): boolean => value > 0 && value < Infinity;
