import { hourOfDay, togetherOf } from '@attractions/models';

import { dayOf, presence } from './evidence.js';
import { openCalendar } from './features.js';
import type { Features } from './features.js';
import { featureNames, parameters } from './parameters.js';
import type { ParkVisits } from './park-visits.js';
import type { Choices } from './softmax-regression.js';

/**
 * What visitors chose: everyone who was in the park before and goes on to a new attraction chose it among those they had not visited.
 * The features are those of the day, as they will be when somebody asks. Of too many choices, the latest are taken.
 */
export function choicesOf(visits: ParkVisits, closeness: Float64Array): Choices {
  const options = visits.attractionIds.length;
  const most = Math.floor(parameters.maxCells / options);
  const made = Array.from(visits.times.keys()).filter((visit) => isChoice(visits, visit));
  const taken = made.slice(Math.max(0, made.length - most));
  const known = visitedBefore(visits, taken);
  const width = options * featureNames.length;
  const values = new Float64Array(taken.length * width);
  const featuresOn = openCalendar(visits, closeness);
  taken.forEach((visit, choice) => {
    const today = featuresOn(dayOf(visits.times[visit] as number));
    const room = values.subarray(choice * width, (choice + 1) * width);
    fillFeatures(room, visits, visit, known[choice] as readonly number[], today);
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

const isChoice = ({ isNew, previous }: ParkVisits, visit: number): boolean =>
  isNew[visit] === 1 && (previous[visit] as number) >= 0;

/** Writes the features of every attraction at the time of one visit, in the order of `featureNames`. */
function fillFeatures(
  values: Float64Array,
  visits: ParkVisits,
  visit: number,
  known: readonly number[],
  today: Features,
): void {
  const last = visits.previous[visit] as number;
  const there = presence(visits.gapHours[visit] as number);
  const hour = today.hour(hourOfDay(visits.times[visit] as number));
  const near = today.near(last);
  const followed = today.followed(last);
  const together = togetherOf(
    known.map((item) => today.together(item)),
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

/** For each of the visits taken, the attractions that its visitor had been to. */
function visitedBefore({ users, items, isNew }: ParkVisits, taken: readonly number[]): (readonly number[])[] {
  const before: (readonly number[])[] = [];
  const seen = new Map<number, readonly number[]>();
  for (let visit = 0; before.length < taken.length; visit++) {
    const user = users[visit] as number;
    const known = seen.get(user) ?? [];
    if (visit === taken[before.length]) before.push(known);
    if (isNew[visit] === 1) seen.set(user, [...known, items[visit] as number]);
  }
  return before;
}

/** For each choice, 1 for the attractions that its visitor had not been to. */
function openOptions(options: number, known: readonly (readonly number[])[]): Uint8Array {
  const open = new Uint8Array(known.length * options).fill(1);
  known.forEach((items, choice) => {
    for (const item of items) open[choice * options + item] = 0;
  });
  return open;
}
