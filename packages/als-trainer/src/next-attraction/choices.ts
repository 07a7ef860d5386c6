import { hourOfDay, togetherOf } from '@attractions/models';

import { dayOf, presence } from './evidence.js';
import type { Features } from './features.js';
import { featureNames, parameters } from './parameters.js';
import type { ParkVisits } from './park-visits.js';
import type { Choices } from './softmax-regression.js';

/**
 * What visitors chose: a visitor who was in the park before and goes to a new attraction chose it among those not visited before.
 * The features are those of that day, as at a request. Where there are too many choices, the latest are taken.
 *
 * @param featuresOn the features of a day; called in ascending order
 */
export function choicesOf(visits: ParkVisits, featuresOn: (day: number) => Features): Choices {
  const options = visits.attractionIds.length;
  const most = Math.floor(parameters.maxCells / options);
  const taken = latestChoices(visits, most);
  const known = taken.map((visit) => visits.knownBefore(visit));
  const width = options * featureNames.length;
  const values = new Float64Array(taken.length * width);
  taken.forEach((visit, choice) => {
    const today = featuresOn(dayOf(visits.times[visit] as number));
    const room = values.subarray(choice * width, (choice + 1) * width);
    fillFeatures(room, visits, visit, known[choice] as Uint32Array, today);
  });
  return {
    count: taken.length,
    options,
    features: featureNames.length,
    values,
    open: openOptions(options, known),
    chosen: Uint32Array.from(taken, (visit) => visits.items[visit] as number),
  };
}

/** The last `most` visits that were choices, in time order. */
function latestChoices({ isNew, previous }: ParkVisits, most: number): number[] {
  const taken: number[] = [];
  for (let visit = isNew.length - 1; visit >= 0 && taken.length < most; visit--)
    if (isNew[visit] === 1 && (previous[visit] as number) >= 0) taken.push(visit);
  return taken.reverse();
}

/** Writes the features of every attraction at the time of one visit, in the order of `featureNames`. */
function fillFeatures(
  values: Float64Array,
  visits: ParkVisits,
  visit: number,
  known: Uint32Array,
  today: Features,
): void {
  const last = visits.previous[visit] as number;
  const there = presence(visits.gapHours[visit] as number);
  const hour = today.hour(hourOfDay(visits.times[visit] as number));
  const near = today.near(last);
  const followed = today.followed(last);
  const together = togetherOf(
    Array.from(known, (item) => today.together(item)),
    hour.length,
  );
  for (let option = 0, at = 0; option < hour.length; option++) {
    values[at++] = today.popular[option] as number;
    values[at++] = today.lately[option] as number;
    values[at++] = hour[option] as number;
    values[at++] = there * (near[option] as number);
    values[at++] = there * (followed[option] as number);
    values[at++] = together[option] as number;
  }
}

/** For each choice, 1 for the attractions that its visitor had not been to. */
function openOptions(options: number, known: readonly Uint32Array[]): Uint8Array {
  const open = new Uint8Array(known.length * options).fill(1);
  known.forEach((items, choice) => {
    for (const item of items) open[choice * options + item] = 0;
  });
  return open;
}
