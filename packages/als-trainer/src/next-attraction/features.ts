import { faded } from './evidence.js';
import type { Evidence } from './evidence.js';
import { parameters } from './parameters.js';

/** Features of all attractions of a park as of a day, unweighted. Rows are computed when they are asked for. */
export interface Features {
  /** Logarithm of the smoothed share of visitors. */
  readonly popular: Float64Array;
  /** By how much recent visitors prefer it. */
  readonly lately: Float64Array;
  /** By how much visitors at this hour of the day prefer it. */
  hour(hour: number): Float64Array;
  /** Minus the logarithm of the distance from `last`, in units of `reachMetres`. */
  near(last: number): Float64Array;
  /** By how much visitors who were at `last` shortly before or after prefer it. */
  followed(last: number): Float64Array;
}

/** The features that this evidence gives to somebody who asks on `day`, which is after all of it. */
export function featuresOf(evidence: Evidence, day: number, metres: Float64Array): Features {
  const n = evidence.visitors.length;
  const total = sum(evidence.visitors) + n;
  const share = evidence.visitors.map((count) => (count + 1) / total);
  const left = faded(day - evidence.day);
  const rowOf = (matrix: Float64Array, row: number) => matrix.subarray(row * n, (row + 1) * n);
  return {
    popular: share.map(Math.log),
    lately: preference(
      evidence.recent.map((count) => count * left),
      share,
    ),
    hour: (hour) => preference(aroundHour(evidence.hours, hour, n), share),
    near: (last) => rowOf(metres, last).map((distance) => -Math.log1p(distance / parameters.reachMetres)),
    followed: (last) => preference(rowOf(evidence.steps, last), share),
  };
}

/**
 * Logarithm of the share among `counts`, smoothed, over the share among all visitors: 0 where nothing is known, above where
 * the attraction is preferred. The smoothing is Dirichlet's, with the popularity as its mean.
 */
function preference(counts: Float64Array, share: Float64Array): Float64Array {
  const { smoothing } = parameters;
  const total = sum(counts) + smoothing;
  return counts.map((count, k) => {
    const expected = share[k] as number;
    return Math.log((count + smoothing * expected) / total) - Math.log(expected);
  });
}

/** Visits at about an hour of the day: a bell around it, over midnight too. */
function aroundHour(hours: Float64Array, hour: number, n: number): Float64Array {
  const counts = new Float64Array(n);
  for (let other = 0; other < 24; other++) {
    const apart = Math.min(Math.abs(other - hour), 24 - Math.abs(other - hour));
    const weight = Math.exp(-((apart / parameters.hourWidth) ** 2) / 2);
    for (let k = 0; k < n; k++) (counts[k] as number) += weight * (hours[other * n + k] as number);
  }
  return counts;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
