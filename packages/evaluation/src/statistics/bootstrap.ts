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
  return bootstrapEach([values], options)[0] as Interval;
}

/**
 * The intervals of several rows of values of the same length, each as {@link bootstrap} gives it. The draws are the same for all of them, so they are made once.
 */
export function bootstrapEach(rows: readonly ArrayLike<number>[], options: BootstrapOptions = {}): Interval[] {
  const { resamples = 2000, confidence = 0.95, seed = 1 } = options;
  const n = rows[0]?.length ?? 0;
  if (n === 0) return rows.map(() => ({ mean: 0, low: 0, high: 0 }));
  const random = randomFrom(seed);
  const all = rows.map((values) => Float64Array.from(values));
  const means = rows.map(() => new Float64Array(resamples));
  const drawn = new Uint32Array(n);
  for (let resample = 0; resample < resamples; resample++) {
    for (let draw = 0; draw < n; draw++) drawn[draw] = random() * n;
    for (const [row, values] of all.entries()) (means[row] as Float64Array)[resample] = sumOf(values, drawn) / n;
  }
  const outside = (1 - confidence) / 2;
  return means.map((ofRow, row) => {
    ofRow.sort();
    return {
      mean: meanOf(rows[row] as ArrayLike<number>),
      low: quantile(ofRow, outside),
      high: quantile(ofRow, 1 - outside),
    };
  });
}

/** The sum of the values at some places, in their order. */
function sumOf(values: Float64Array, places: Uint32Array): number {
  let sum = 0;
  for (let n = 0; n < places.length; n++) sum += values[places[n] as number] as number;
  return sum;
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
  return bootstrap(differencesOf(ours, theirs), options);
}

/**
 * What {@link pairedDifference} takes the interval of.
 *
 * @throws EvaluationError EVALUATION_HELD_OUT_INVALID where the two are not of the same length.
 */
export function differencesOf(ours: ArrayLike<number>, theirs: ArrayLike<number>): number[] {
  if (ours.length !== theirs.length)
    throw new EvaluationError(
      'EVALUATION_HELD_OUT_INVALID',
      `${ours.length} users cannot be paired with ${theirs.length}; judge both on the same users.`,
    );
  return Array.from(ours, (value, n) => value - (theirs[n] as number));
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
