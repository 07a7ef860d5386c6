import type { Attraction, VisitsTable } from '@attractions/contracts';
import { orderedBy } from '@attractions/models';

import { AlsError } from '../errors.js';
import { indexVisits, visitTimes } from '../visits.js';

/** The visits of one park in time order, each with what its visitor did there before. One entry per visit. */
export interface ParkVisits {
  readonly park: string;
  /** Ascending: the attractions visited and those listed for the park. Items are indices into it. */
  readonly attractionIds: readonly string[];
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  /** Milliseconds since 1970. Ascending; equal ones by user, then by item, so that the order of the table makes no difference. */
  readonly times: Float64Array;
  /** Whether this user is here for the first time. */
  readonly isNew: Uint8Array;
  /** The item this user visited before in this park, or -1. */
  readonly previous: Int32Array;
  /** Hours since then; 0 where there is none. */
  readonly gapHours: Float64Array;
  /** Whether this user has another visit of the very same time, so that nobody knows which came first. */
  readonly isTied: Uint8Array;
  /** The items that this user had visited before, in the order of the first visits: a view, however many visits there are. */
  knownBefore(visit: number): Uint32Array;
  /** The items that this user had visited by then, those of the very same time too, this one left out. */
  knownBeside(visit: number): Uint32Array;
}

/** What the times of a park say: when, on which day, or only what came first. */
export type Timing = 'clock' | 'days' | 'order';

/**
 * What the times are: `days` where all are midnights; `order` where all are on the first day of 1970, as numbers from 1 are when they are read as times. In a park without
 * visits, `clock`.
 */
export function timingOf({ times }: Pick<ParkVisits, 'times'>): Timing {
  const first = times[0];
  if (first === undefined) return 'clock';
  if (times.every((time) => time % MS_PER_DAY === 0)) return 'days';
  return first >= 0 && (times.at(-1) as number) < MS_PER_DAY ? 'order' : 'clock';
}

/** Milliseconds of a day. */
export const MS_PER_DAY = 86_400_000;

/** Visits by park. */
export interface VisitsByPark {
  /** The time of the latest visit to any park: milliseconds since 1970; undefined without visits. */
  readonly lastTime: number | undefined;
  /** By name. Made one at a time, so that one can go before the next is made; to be gone through once. */
  readonly parks: Iterable<ParkVisits>;
}

/**
 * Takes visits apart by park, in memory by their number, and in time by their number and how many attractions a visitor knows. An attraction that is not among `attractions` belongs to the
 * park its id names: `park:poi`.
 *
 * @throws AlsError `ALS_VISITS_INVALID`.
 */
export function parkVisitsOf(visits: VisitsTable, attractions: readonly Attraction[]): VisitsByPark {
  const { attractionIds, interactions } = indexVisits(visits);
  const { userCount, users, items } = interactions;
  const times = timesIn(visits);
  const listed = new Map(attractions.map(({ attractionId, park }) => [attractionId, park]));
  const parkOf = (id: string) => listed.get(id) ?? id.slice(0, Math.max(0, id.indexOf(':')));
  const ids = new Map<string, Set<string>>();
  for (const id of [...attractionIds, ...listed.keys()]) {
    const park = parkOf(id);
    ids.set(park, (ids.get(park) ?? new Set()).add(id));
  }
  const parks = [...ids.keys()].sort();
  const numberOf = new Map(parks.map((park, number) => [park, number]));
  const parkOfItem = Uint32Array.from(attractionIds, (id) => numberOf.get(parkOf(id)) as number);
  const parkOfVisit = picked(parkOfItem, items, new Uint32Array(items.length));
  const byTime = orderedByTime(orderedBy(users, userCount, orderedBy(items, attractionIds.length)), times);
  const order = orderedBy(parkOfVisit, parks.length, byTime);

  function* eachPark(): Generator<ParkVisits> {
    let from = 0;
    for (const [number, park] of parks.entries()) {
      let to = from;
      while (to < order.length && parkOfVisit[order[to] as number] === number) to++;
      const rows = order.subarray(from, to);
      const sorted = [...(ids.get(park) as Set<string>)].sort();
      const place = new Map(sorted.map((id, k) => [id, k]));
      const itemOf = Uint32Array.from(attractionIds, (id) => place.get(id) ?? 0);
      const columns = {
        users: picked(users, rows, new Uint32Array(rows.length)),
        items: picked(itemOf, picked(items, rows, new Uint32Array(rows.length)), new Uint32Array(rows.length)),
        times: picked(times, rows, new Float64Array(rows.length)),
      };
      yield { park, attractionIds: sorted, ...columns, ...historyOf(columns, userCount) };
      from = to;
    }
  }
  return { lastTime: times[byTime.at(-1) ?? -1], parks: eachPark() };
}

/** Fills `into` with the values at some places. By index: typed arrays' own `from` takes ten times as long. */
function picked<A extends Uint32Array | Float64Array>(values: A, places: Uint32Array, into: A): A {
  for (let n = 0; n < places.length; n++) into[n] = values[places[n] as number] as number;
  return into;
}

type Columns = Pick<ParkVisits, 'users' | 'items' | 'times'>;

/** Follows the users through the park, visit after visit. */
function historyOf({ users, items, times }: Columns, userCount: number) {
  const isNew = new Uint8Array(users.length);
  const previous = new Int32Array(users.length).fill(-1);
  const gapHours = new Float64Array(users.length);
  /** Where the items of each user begin in `firsts`, with room for as many as visits. */
  const room = new Uint32Array(userCount + 1);
  for (let visit = 0; visit < users.length; visit++) (room[(users[visit] as number) + 1] as number) += 1;
  for (let user = 1; user <= userCount; user++) (room[user] as number) += room[user - 1] as number;
  const firsts = new Uint32Array(users.length);
  const counts = new Uint32Array(userCount);
  const lastVisits = new Int32Array(userCount).fill(-1);
  /** How many items its user had visited before each visit. */
  const known = new Uint32Array(users.length);
  const isTied = new Uint8Array(users.length);
  for (let visit = 0; visit < users.length; visit++) {
    const [user, item] = [users[visit] as number, items[visit] as number];
    const from = room[user] as number;
    const to = from + (counts[user] as number);
    known[visit] = to - from;
    let at = from;
    while (at < to && firsts[at] !== item) at++;
    if (at === to) {
      isNew[visit] = 1;
      firsts[to] = item;
      counts[user] = to + 1 - from;
    }
    const last = lastVisits[user] as number;
    if (last >= 0) {
      previous[visit] = items[last] as number;
      gapHours[visit] = ((times[visit] as number) - (times[last] as number)) / 3_600_000;
      if (times[visit] === times[last]) isTied[visit] = isTied[last] = 1;
    }
    lastVisits[user] = visit;
  }
  const knownBefore = (visit: number): Uint32Array => {
    const from = room[users[visit] as number] as number;
    return firsts.subarray(from, from + (known[visit] as number));
  };
  const knownBeside = (visit: number): Uint32Array => {
    let last = visit;
    const isSame = (other: number) => users[other] === users[visit] && times[other] === times[visit];
    while (isSame(last + 1)) last += 1;
    const from = room[users[visit] as number] as number;
    const until = from + (known[last] as number) + (isNew[last] as number);
    return firsts.subarray(from, until).filter((item) => item !== items[visit]);
  };
  return { isNew, previous, gapHours, isTied, knownBefore, knownBeside };
}

/** Bits of a digit that a sort by counting takes at once. */
const DIGIT = 16;

/** The order by time, equal times as they were: least digit of 16 bits first. A digit that is the same everywhere costs one look. */
function orderedByTime(order: Uint32Array, times: Float64Array): Uint32Array {
  const halves = new Uint32Array(times.buffer, times.byteOffset, 2 * times.length);
  const digits = new Uint16Array(times.length);
  let sorted = order;
  for (const [half, shift] of [
    [0, 0],
    [0, DIGIT],
    [1, 0],
    [1, DIGIT],
  ] as const) {
    let differ = 0;
    for (let visit = 0; visit < digits.length; visit++) {
      // Numbers of one sign are in the order of their bits, the negative ones backwards and below the others.
      const flipped = (halves[2 * visit + 1] as number) >>> 31 === 1 ? -1 : half << 31;
      digits[visit] = ((halves[2 * visit + half] as number) ^ flipped) >>> shift;
      differ |= (digits[visit] as number) ^ (digits[0] as number);
    }
    if (differ !== 0) sorted = orderedBy(digits, 2 ** DIGIT, sorted);
  }
  return sorted;
}

function timesIn(visits: VisitsTable): Float64Array {
  const column = visits.getChild('visited_at');
  if (!column || column.nullCount > 0)
    throw new AlsError('ALS_VISITS_INVALID', [
      `The visits' column visited_at ${column ? 'has nulls' : 'is missing'}; every visit needs a time, see etl/visits/v1.0.`,
    ]);
  return visitTimes(visits);
}
