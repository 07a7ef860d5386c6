import { hourOfDay } from '@attractions/models';

import { parameters } from './parameters.js';
import { MS_PER_DAY } from './park-visits.js';
import type { ParkVisits } from './park-visits.js';

/** The day of a time: whole days since 1970, UTC. */
export const dayOf = (time: number): number => Math.floor(time / MS_PER_DAY);

/** Counts of the visits before a day. Changed in place, day by day. */
export interface Evidence {
  readonly visitors: Float64Array;
  /** Visitors, where each counts half after every half-life; as of `day`. */
  readonly recent: Float64Array;
  /** What `visitors` and `recent` were in sum when each attraction had its first visitor: those who could not go there. NaN where nobody was. */
  readonly missed: Float64Array;
  readonly recentlyMissed: Float64Array;
  /** Visits around each hour of the day, spread by a bell, also over midnight: 24 rows, one column per attraction. */
  readonly hours: Float64Array;
  /** Steps between two attractions, in either direction: row-major and symmetric. A step soon after the last visit counts more. */
  readonly steps: Float64Array;
  /** Visitors that two attractions share: row-major and symmetric. */
  readonly shared: Float64Array;
  /** The day of the latest visit counted. */
  day: number;
}

/** Counts of no visit, for `n` attractions. */
export function noEvidence(n: number): Evidence {
  return {
    visitors: new Float64Array(n),
    recent: new Float64Array(n),
    missed: new Float64Array(n).fill(NaN),
    recentlyMissed: new Float64Array(n),
    hours: new Float64Array(24 * n),
    steps: new Float64Array(n * n),
    shared: new Float64Array(n * n),
    day: -Infinity,
  };
}

/** How much a visit counts for the hour so many hours later, over midnight too. */
const HOUR_BELL = Float64Array.from({ length: 24 }, (_, later) =>
  Math.exp(-((Math.min(later, 24 - later) / parameters.hourWidth) ** 2) / 2),
);

/** How much the place of the last visit matters after so many hours, 0 to 1. */
export const presence = (gapHours: number, patienceHours: number = parameters.patienceHours): number =>
  Math.exp(-gapHours / patienceHours);

/** What is left of a visitor's weight after so many days. */
export const faded = (days: number): number => 2 ** (-days / parameters.halfLifeDays);

/** Counts one more visit. Visits come in time order. */
export function addVisit(evidence: Evidence, visits: ParkVisits, visit: number): void {
  const n = visits.attractionIds.length;
  const item = visits.items[visit] as number;
  const time = visits.times[visit] as number;
  const day = dayOf(time);
  if (day > evidence.day) {
    const left = faded(day - evidence.day);
    for (const counts of [evidence.recent, evidence.recentlyMissed])
      for (let k = 0; k < n; k++) (counts[k] as number) *= left;
    evidence.day = day;
  }
  const hour = hourOfDay(time);
  for (let apart = 0; apart < 24; apart++)
    (evidence.hours[((hour + apart) % 24) * n + item] as number) += HOUR_BELL[apart] as number;
  if (visits.isNew[visit] === 1) {
    if (Number.isNaN(evidence.missed[item])) {
      evidence.missed[item] = sum(evidence.visitors);
      evidence.recentlyMissed[item] = sum(evidence.recent);
    }
    (evidence.visitors[item] as number) += 1;
    (evidence.recent[item] as number) += 1;
    share(evidence, visits.knownBefore(visit), item);
  }
  const from = visits.previous[visit] as number;
  const gap = visits.gapHours[visit] as number;
  if (from < 0 || from === item || gap >= parameters.longestStepHours) return;
  (evidence.steps[from * n + item] as number) += presence(gap);
  (evidence.steps[item * n + from] as number) += presence(gap);
}

/** Counts the attraction that is new to a visitor as shared with each that the visitor already knows. */
function share({ shared, visitors: { length: n } }: Evidence, others: Uint32Array, item: number): void {
  for (const other of others) {
    (shared[other * n + item] as number) += 1;
    (shared[item * n + other] as number) += 1;
  }
}

/** In the order of the places, so that it is the same everywhere. */
export function sum(values: Float64Array): number {
  let total = 0;
  for (let k = 0; k < values.length; k++) total += values[k] as number;
  return total;
}
