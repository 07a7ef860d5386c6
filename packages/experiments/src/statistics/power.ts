import { estimate } from './compare.js';
import type { MetricType } from './compare.js';
import { normalAbove, normalTail, rootOf } from './distributions.js';
import { anytimeReach } from './intervals.js';
import type { Moments } from './moments.js';

/** What a metric is like without the change. */
export interface Baseline {
  readonly type: MetricType;
  readonly value: number;
  /** Of one user: the variance of the estimate, times the users. For a proportion p it is p (1 - p). */
  readonly variance: number;
}

/** How an experiment will be run and read. */
export interface Design {
  /** Default .05. Divide it by the number of comparisons that Holm's adjustment will have, for the power in the worst case. */
  readonly alpha?: number | undefined;
  /** Shares of all users in the treatment and in the control. Default [.5, .5]. */
  readonly shares?: readonly [treatment: number, control: number] | undefined;
  /**
   * `fixed` looks once, when all users are there; `anytime` may look each day, and counts what is found at that same last look, so it is a bit too
   * careful. Default `anytime`.
   */
  readonly reading?: 'fixed' | 'anytime' | undefined;
  /** The share of the variance that CUPED takes away: the square of the correlation with before. Default 0. */
  readonly varianceSaved?: number | undefined;
}

/** A metric's value and variance from users of the past; undefined where `estimate` is. */
export function baselineOf(type: MetricType, moments: Moments): Baseline | undefined {
  const past = estimate(type, moments);
  return past && { type, value: past.value, variance: past.standardError ** 2 * past.users };
}

/**
 * The probability that the interval of the absolute difference leaves out 0, where the treatment's true value is `effect` above the control's.
 * Both tails are counted. The variance of the treatment is the control's, but for a proportion, where it follows from the value.
 *
 * @param effect absolute, in the unit of the metric
 * @param users of both panels
 */
export function powerOf(baseline: Baseline, effect: number, users: number, design: Design = {}): number {
  const { alpha = 0.05, shares = [0.5, 0.5], reading = 'anytime', varianceSaved = 0 } = design;
  const whole = shares[0] + shares[1];
  const [treatment, control] = [(users * shares[0]) / whole, (users * shares[1]) / whole];
  const changed = baseline.value + effect;
  const variance = baseline.type === 'proportion' ? changed * (1 - changed) : baseline.variance;
  const error = Math.sqrt((1 - varianceSaved) * (variance / treatment + baseline.variance / control));
  const reach = reading === 'fixed' ? normalAbove(alpha / 2) : anytimeReach(users, { alpha, intendedUsers: users });
  return normalTail(reach - effect / error) + normalTail(reach + effect / error);
}

/** The users of both panels that give `power` to see a difference; give them to `compare` as `intendedUsers`. Infinity for an effect of 0. */
export function samplesNeeded(baseline: Baseline, effect: number, power: number, design?: Design): number {
  if (effect === 0) return Infinity;
  return Math.ceil(rootOf((users) => powerOf(baseline, effect, users, design) - power, 2, 4));
}

/** The smallest rise that is seen with `power` among so many users, absolute; undefined where a proportion cannot rise so far. */
export function effectSeen(baseline: Baseline, users: number, power: number, design?: Design): number | undefined {
  const found = (effect: number) => powerOf(baseline, effect, users, design) - power;
  if (baseline.type !== 'proportion') return rootOf(found, 0, Math.sqrt(baseline.variance));
  const most = (1 - baseline.value) * (1 - 1e-12);
  return found(most) < 0 ? undefined : rootOf(found, 0, most);
}
