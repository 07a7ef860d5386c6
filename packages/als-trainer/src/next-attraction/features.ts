import { addVisit, dayOf, faded, noEvidence, sum } from './evidence.js';
import type { Evidence } from './evidence.js';
import { parameters } from './parameters.js';
import type { ParkVisits } from './park-visits.js';

/** Features of all attractions of a park as of a day, unweighted. Each row is computed when it is read. */
export interface Features {
  /** Logarithm of the smoothed share of the visitors since the attraction had its first. */
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

/** What is known of the attractions of a park without any visit: two matrices, row-major. */
export interface Ground {
  readonly closeness: Float64Array;
  readonly likeness: Float64Array;
}

/**
 * The days of a park: the features of a day are counted from the visits before its midnight, never from later ones.
 * In ascending order of days each visit is counted once; an earlier day counts again from the first.
 * The features of a day are valid until the next call.
 */
export function openCalendar(visits: ParkVisits, ground: Ground): (day: number) => Features {
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
    today = featuresOf(evidence, day, ground);
    date = day;
    return today;
  };
}

/** The features that all visits of some users give, on the day of the last one: for times that only say what came first. */
export function featuresOfUsers(visits: ParkVisits, ground: Ground, counts: (user: number) => boolean): Features {
  const evidence = noEvidence(visits.attractionIds.length);
  visits.users.forEach((user, visit) => {
    if (counts(user)) addVisit(evidence, visits, visit);
  });
  return featuresOf(evidence, evidence.day, ground);
}

/** The features of a request on `day`, which is not before the day of the visits counted. */
function featuresOf(evidence: Evidence, day: number, { closeness, likeness }: Ground): Features {
  const n = evidence.visitors.length;
  const share = sharesIn(evidence, likeness);
  const popular = share.map(Math.log);
  const left = evidence.day === -Infinity ? 1 : faded(day - evidence.day);
  const there = presentShare(evidence.visitors, evidence.missed);
  const thereLately = presentShare(evidence.recent, evidence.recentlyMissed, evidence.missed);
  const preferenceFor = (counts: Float64Array, present = there) => preference(counts, { share, popular, present });
  const rowOf = (matrix: Float64Array, row: number) => matrix.subarray(row * n, (row + 1) * n);
  return {
    popular,
    lately: preferenceFor(
      evidence.recent.map((count) => count * left),
      thereLately,
    ),
    hour: (hour) => preferenceFor(rowOf(evidence.hours, hour)),
    near: (last) => rowOf(closeness, last),
    followed: (last) => preferenceFor(rowOf(evidence.steps, last)),
    together: (visited) => preferenceFor(rowOf(evidence.shared, visited)),
  };
}

/**
 * The share of each attraction among the visitors since its first, so that a new one is not held to the years before it, smoothed towards 1 / n. One that nobody has visited
 * has the share of those that are like it. All shares add up to 1.
 */
function sharesIn({ visitors, missed }: Evidence, likeness: Float64Array): Float64Array {
  const { smoothing } = parameters;
  const n = visitors.length;
  const total = sum(visitors);
  const even = 1 / n;
  const rates = visitors.map((count, k) => (count + smoothing * even) / (total - (missed[k] as number) + smoothing));
  for (let k = 0; k < n; k++) {
    if (!Number.isNaN(missed[k])) continue;
    let [alike, rate] = [1, even];
    for (let other = 0; other < n; other++) {
      if (Number.isNaN(missed[other])) continue;
      alike += likeness[k * n + other] as number;
      rate += (likeness[k * n + other] as number) * (rates[other] as number);
    }
    rates[k] = rate / alike;
  }
  const whole = sum(rates);
  return rates.map((rate) => rate / whole);
}

/** For each attraction, the share of the counts that were counted since its first visitor; 0 where nobody was. */
function presentShare(counts: Float64Array, missed: Float64Array, seen = missed): Float64Array {
  const total = sum(counts);
  return missed.map((before, k) => (Number.isNaN(seen[k]) || total === 0 ? 0 : 1 - before / total));
}

interface Whole {
  readonly share: Float64Array;
  readonly popular: Float64Array;
  readonly present: Float64Array;
}

/**
 * Logarithm of the share among `counts`, smoothed, over the share among all visitors: 0 where nothing is known, above 0 where
 * the attraction is preferred. The smoothing is Dirichlet's, with the popularity as its mean.
 */
function preference(counts: Float64Array, { share, popular, present }: Whole): Float64Array {
  const { smoothing } = parameters;
  const total = sum(counts);
  const preferred = new Float64Array(counts.length);
  for (let k = 0; k < counts.length; k++)
    preferred[k] =
      Math.log(
        ((counts[k] as number) + smoothing * (share[k] as number)) / (total * (present[k] as number) + smoothing),
      ) - (popular[k] as number);
  return preferred;
}
