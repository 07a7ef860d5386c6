import { addVisit, dayOf, faded, noEvidence } from './evidence.js';
import type { Evidence } from './evidence.js';
import { parameters } from './parameters.js';
import type { ParkVisits } from './park-visits.js';

/** Features of all attractions of a park as of a day, unweighted. Each row is computed when it is read. */
export interface Features {
  /** Logarithm of the smoothed share of visitors. */
  readonly popular: Float64Array;
  /** How much more recent visitors prefer it. */
  readonly lately: Float64Array;
  /** How much more visitors at this hour of the day prefer it. */
  hour(hour: number): Float64Array;
  /** Minus the logarithm of the distance from `last`, in units of `reachMetres`. */
  near(last: number): Float64Array;
  /** How much more visitors who were at `last` shortly before or after prefer it. */
  followed(last: number): Float64Array;
  /** How much more those who have been to `visited`, on any day, prefer it. */
  together(visited: number): Float64Array;
}

/**
 * The days of a park: the features of a day are counted from the visits before its midnight, never from later ones.
 * In ascending order of days each visit is counted once; an earlier day counts again from the first.
 * The features of a day are valid until the next call.
 *
 * @param closeness between the attractions, row-major.
 */
export function openCalendar(visits: ParkVisits, closeness: Float64Array): (day: number) => Features {
  const { times, attractionIds } = visits;
  let date = -Infinity;
  let counted = 0;
  let evidence = noEvidence(attractionIds.length);
  let today: Features | undefined;
  return (day) => {
    if (today && day === date) return today;
    if (day < date) {
      evidence = noEvidence(attractionIds.length);
      counted = 0;
    }
    while (counted < times.length && dayOf(times[counted] as number) < day) addVisit(evidence, visits, counted++);
    today = featuresOf(evidence, day, closeness);
    date = day;
    return today;
  };
}

/**
 * The features of a request on `day`, which is after all visits counted.
 *
 * @param closeness between the attractions, row-major.
 */
function featuresOf(evidence: Evidence, day: number, closeness: Float64Array): Features {
  const n = evidence.visitors.length;
  const total = sum(evidence.visitors) + n;
  const share = evidence.visitors.map((count) => (count + 1) / total);
  const popular = share.map(Math.log);
  const left = faded(day - evidence.day);
  const preferenceFor = (counts: Float64Array) => preference(counts, share, popular);
  const rowOf = (matrix: Float64Array, row: number) => matrix.subarray(row * n, (row + 1) * n);
  return {
    popular,
    lately: preferenceFor(evidence.recent.map((count) => count * left)),
    hour: (hour) => preferenceFor(rowOf(evidence.hours, hour)),
    near: (last) => rowOf(closeness, last),
    followed: (last) => preferenceFor(rowOf(evidence.steps, last)),
    together: (visited) => preferenceFor(rowOf(evidence.shared, visited)),
  };
}

/**
 * Logarithm of the share among `counts`, smoothed, over the share among all visitors: 0 where nothing is known, above 0 where
 * the attraction is preferred. The smoothing is Dirichlet's, with the popularity as its mean.
 */
function preference(counts: Float64Array, share: Float64Array, logShare: Float64Array): Float64Array {
  const { smoothing } = parameters;
  const total = sum(counts) + smoothing;
  const preferred = new Float64Array(counts.length);
  for (let k = 0; k < counts.length; k++)
    preferred[k] =
      Math.log(((counts[k] as number) + smoothing * (share[k] as number)) / total) - (logShare[k] as number);
  return preferred;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let k = 0; k < values.length; k++) total += values[k] as number;
  return total;
}
