import { hourOfDay, togetherOf } from '@attractions/models';

import type { Choices, Circumstances } from './choice-model.js';
import { presence } from './evidence.js';
import type { Features } from './features.js';
import { featureNames, HARMONICS, harmonicsAt, parameters, pulls } from './parameters.js';
import type { ParkVisits, Timing } from './park-visits.js';

/** What visitors chose, and how many of those whose whereabouts are known came back after being away. */
export interface ChoicesOfPark {
  readonly choices: Choices;
  /** 0 to 1. */
  readonly awayShare: number;
}

/**
 * Where the corrections of each kind of circumstance are: a row each for `always`, `away`, `seasoned`, the harmonics, and for each attraction `after` and `knowing`. Large parks
 * have too few choices for a correction of each pair of attractions: there `isPaired` is false, and the last two have no rows.
 */
export function circumstanceRows(attractions: number) {
  const isPaired = attractions <= parameters.mostPaired;
  const paired = isPaired ? attractions : 0;
  const after = 3 + HARMONICS;
  const knowing = after + paired;
  return { always: 0, away: 1, seasoned: 2, hour: 3, after, knowing, isPaired, count: knowing + paired };
}

/** How strongly each row of corrections is pulled towards 0. */
export function pullsOf(attractions: number): Float64Array {
  const rows = circumstanceRows(attractions);
  const strengths = new Float64Array(rows.count);
  strengths.set([pulls.always, pulls.away, pulls.seasoned]);
  strengths.fill(pulls.hour, rows.hour, rows.after).fill(pulls.after, rows.after, rows.knowing);
  return strengths.fill(pulls.knowing, rows.knowing);
}

/** How a number of attractions that a visitor knows counts. */
const seasonedBy = (known: number): number => (known === 0 ? 0 : Math.log(known) - 1);

/**
 * What visitors chose: a visitor who was in the park before and goes to a new attraction chose it among those not visited before.
 * The features are those of that day, as at a request. Where there are too many choices, the latest are taken. Of visits at the very same time, each is a choice beside the others,
 * and where its visitor was last is not known: their order would only be that of the ids.
 *
 * @param featuresAt the features for a visit; called in the order of the visits
 */
export function choicesOf(visits: ParkVisits, timing: Timing, featuresAt: (visit: number) => Features): ChoicesOfPark {
  const options = visits.attractionIds.length;
  const taken = latestChoices(visits, Math.floor(parameters.maxCells / options));
  const known = taken.map((visit) => visits.knownBeside(visit));
  const width = options * featureNames.length;
  const values = new Float64Array(taken.length * width);
  const situations = taken.map((visit) => situationOf(visits, visit, timing));
  taken.forEach((visit, choice) => {
    const room = values.subarray(choice * width, (choice + 1) * width);
    fillFeatures(room, featuresAt(visit), known[choice] as Uint32Array, situations[choice] as Situation);
  });
  const placed = situations.filter(({ last }) => last !== undefined);
  const awayShare = placed.filter(({ last }) => isAway(last?.gapHours)).length / Math.max(1, placed.length);
  const choices = {
    count: taken.length,
    options,
    features: featureNames.length,
    values,
    open: openOptions(options, known),
    chosen: Uint32Array.from(taken, (visit) => visits.items[visit] as number),
    circumstances: circumstancesOf(options, known, situations, awayShare),
  };
  return { choices, awayShare };
}

const isAway = (gapHours = 0): boolean => gapHours >= parameters.longestStepHours;

/** What is known of the moment of a choice. */
interface Situation {
  readonly hour: number | undefined;
  readonly last: { readonly item: number; readonly gapHours: number } | undefined;
}

function situationOf({ times, previous, gapHours, isTied }: ParkVisits, visit: number, timing: Timing): Situation {
  const item = previous[visit] as number;
  return {
    hour: timing === 'clock' ? hourOfDay(times[visit] as number) : undefined,
    last:
      timing === 'days' || isTied[visit] === 1 || item < 0 ? undefined : { item, gapHours: gapHours[visit] as number },
  };
}

/** The last `most` visits that were choices, in time order. */
function latestChoices({ isNew, previous, isTied }: ParkVisits, most: number): number[] {
  const taken: number[] = [];
  for (let visit = isNew.length - 1; visit >= 0 && taken.length < most; visit--)
    if (isNew[visit] === 1 && ((previous[visit] as number) >= 0 || isTied[visit] === 1)) taken.push(visit);
  return taken.reverse();
}

/** Writes the features of every attraction at the time of one visit, in the order of `featureNames`. */
function fillFeatures(values: Float64Array, today: Features, known: Uint32Array, { hour, last }: Situation): void {
  const there = last === undefined ? 0 : presence(last.gapHours);
  const lingering = last === undefined ? 0 : presence(last.gapHours, parameters.lingerHours);
  const byHour = hour === undefined ? undefined : today.hour(hour);
  const near = last === undefined ? undefined : today.near(last.item);
  const followed = last === undefined ? undefined : today.followed(last.item);
  const together = togetherOf(
    Array.from(known, (item) => today.together(item)),
    today.popular.length,
  );
  for (let option = 0, at = 0; option < together.length; option++) {
    values[at++] = today.popular[option] as number;
    values[at++] = today.lately[option] as number;
    values[at++] = byHour?.[option] ?? 0;
    values[at++] = there * (near?.[option] ?? 0);
    values[at++] = there * (followed?.[option] ?? 0);
    values[at++] = together[option] as number;
    values[at++] = lingering * (near?.[option] ?? 0);
  }
}

function circumstancesOf(
  options: number,
  known: readonly Uint32Array[],
  situations: readonly Situation[],
  awayShare: number,
): Circumstances {
  const rows = circumstanceRows(options);
  const offsets = new Uint32Array(known.length + 1);
  const kind: number[] = [];
  const value: number[] = [];
  const put = (row: number, much: number) => {
    kind.push(row);
    value.push(much);
  };
  situations.forEach(({ hour, last }, choice) => {
    const items = known[choice] as Uint32Array;
    put(rows.always, 1);
    put(rows.seasoned, seasonedBy(items.length));
    if (last !== undefined) {
      put(rows.away, isAway(last.gapHours) ? 1 - awayShare : -awayShare);
      if (rows.isPaired) put(rows.after + last.item, presence(last.gapHours));
    }
    if (hour !== undefined) harmonicsAt(hour).forEach((harmonic, n) => put(rows.hour + n, harmonic));
    if (rows.isPaired) for (const item of items) put(rows.knowing + item, 1 / Math.sqrt(items.length));
    offsets[choice + 1] = kind.length;
  });
  return { kinds: rows.count, offsets, kind: Uint32Array.from(kind), value: Float64Array.from(value) };
}

/** For each choice, 1 for the attractions that its visitor had not been to. */
function openOptions(options: number, known: readonly Uint32Array[]): Uint8Array {
  const open = new Uint8Array(known.length * options).fill(1);
  known.forEach((items, choice) => {
    for (const item of items) open[choice * options + item] = 0;
  });
  return open;
}
