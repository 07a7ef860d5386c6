import { addVisit, dayOf, noEvidence } from './evidence.js';
import { featuresOf } from './features.js';
import type { Features } from './features.js';
import type { ParkVisits } from './park-visits.js';

/**
 * The days of a park: the features of a day are counted from the visits before its midnight, never from later ones.
 * Asked in ascending order, each visit is counted once; a step back starts again from the first.
 * The features of a day may be read until the next day is asked for.
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
