import type { Interval } from '@attractions/contracts';

import { EvaluationError } from '../errors.js';
import { randomFrom } from './random.js';

/** How intervals are computed. */
export interface BootstrapOptions {
  /** Default 2000. */
  readonly resamples?: number;
  /** Share of the resampled means within the interval, above 0 and below 1. Default .95. */
  readonly confidence?: number;
  /** Default 1. The same seed gives the same interval. */
  readonly seed?: number;
}

/**
 * The percentile bootstrap (Efron 1979): draws as many values as there are, with replacement, `resamples` times; the interval holds the
 * middle of their means. All 0 where there are no values.
 */
export function bootstrap(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  const { resamples = 2000, confidence = 0.95, seed = 1 } = options;
  const n = values.length;
  if (n === 0) return { mean: 0, low: 0, high: 0 };
  const random = randomFrom(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let draw = 0; draw < n; draw++) sum += values[(random() * n) >>> 0] as number;
    means[resample] = sum / n;
  }
  means.sort();
  const outside = (1 - confidence) / 2;
  return { mean: meanOf(values), low: quantile(means, outside), high: quantile(means, 1 - outside) };
}

/**
 * The difference of `ours` to `theirs`, user by user. Both are judged on the same users, so what is easy or hard for both cancels out, and the
 * interval is narrower than the two intervals suggest. Where it is above zero as a whole, ours is better.
 *
 * @throws EvaluationError EVALUATION_HELD_OUT_INVALID where the two are not of the same length.
 */
export function pairedDifference(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  options: BootstrapOptions = {},
): Interval {
  if (ours.length !== theirs.length)
    throw new EvaluationError(
      'EVALUATION_HELD_OUT_INVALID',
      `${ours.length} users cannot be paired with ${theirs.length}; judge both on the same users.`,
    );
  return bootstrap(
    Array.from(ours, (value, n) => value - (theirs[n] as number)),
    options,
  );
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n] as number;
  return sum / values.length;
}

/** A quantile of ascending values, interpolated linearly (numpy's default). */
function quantile(ascending: Float64Array, share: number): number {
  const at = share * (ascending.length - 1);
  const [below, above] = [ascending[Math.floor(at)] as number, ascending[Math.ceil(at)] as number];
  return below + (at - Math.floor(at)) * (above - below);
}
