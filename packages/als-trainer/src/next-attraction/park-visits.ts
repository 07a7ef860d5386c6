import type { Attraction, VisitsTable } from '@attractions/contracts';

import { AlsError } from '../errors.js';
import { indexVisits } from '../visits.js';

/** The visits of one park in time order, each with what its visitor had done there before. One entry a visit. */
export interface ParkVisits {
  readonly park: string;
  /** Ascending; the visited ones and those of the park's attractions. Items are places in it. */
  readonly attractionIds: readonly string[];
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  /** Milliseconds since 1970. Ascending; equal ones by user, then by item, so that the order of the table does not show. */
  readonly times: Float64Array;
  /** Whether this user is here for the first time. */
  readonly isNew: Uint8Array;
  /** The item this user visited before in this park, or -1. */
  readonly previous: Int32Array;
  /** Hours since then; 0 where there is none. */
  readonly gapHours: Float64Array;
}

/**
 * Visits by park. An attraction that is not among `attractions` belongs to the park its id names: `park:poi`.
 * @throws AlsError `ALS_VISITS_INVALID`.
 */
export function parkVisitsOf(visits: VisitsTable, attractions: readonly Attraction[]): ParkVisits[] {
  const { attractionIds, interactions } = indexVisits(visits);
  const times = timesOf(visits);
  const listed = new Map(attractions.map(({ attractionId, park }) => [attractionId, park]));
  const ids = new Map<string, Set<string>>();
  const parkOf = (id: string) => listed.get(id) ?? id.slice(0, Math.max(0, id.indexOf(':')));
  for (const id of [...attractionIds, ...listed.keys()]) {
    const park = parkOf(id);
    ids.set(park, (ids.get(park) ?? new Set()).add(id));
  }
  const rows = new Map<string, number[]>([...ids.keys()].map((park) => [park, []]));
  const rowsOf = attractionIds.map((id) => rows.get(parkOf(id)) as number[]);
  interactions.items.forEach((item, row) => rowsOf[item]?.push(row));
  return [...ids.keys()].sort().map((park) => {
    const sorted = [...(ids.get(park) as Set<string>)].sort();
    const place = new Map(sorted.map((id, k) => [id, k]));
    const itemOf = Uint32Array.from(attractionIds, (id) => place.get(id) ?? 0);
    return orderedVisits(park, sorted, {
      rows: rows.get(park) as number[],
      users: interactions.users,
      items: Uint32Array.from(interactions.items, (item) => itemOf[item] as number),
      times,
    });
  });
}

interface Columns {
  /** The rows that belong to the park. */
  readonly rows: readonly number[];
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly times: Float64Array;
}

function orderedVisits(park: string, attractionIds: readonly string[], columns: Columns): ParkVisits {
  const { users, items, times } = columns;
  const by = (column: ArrayLike<number>, a: number, b: number) => (column[a] as number) - (column[b] as number);
  const order = [...columns.rows].sort((a, b) => by(times, a, b) || by(users, a, b) || by(items, a, b));
  const ordered = {
    users: Uint32Array.from(order, (row) => users[row] as number),
    items: Uint32Array.from(order, (row) => items[row] as number),
    times: Float64Array.from(order, (row) => times[row] as number),
  };
  return { park, attractionIds, ...ordered, ...historyOf(ordered) };
}

function historyOf({ users, items, times }: Pick<ParkVisits, 'users' | 'items' | 'times'>) {
  const isNew = new Uint8Array(users.length);
  const previous = new Int32Array(users.length).fill(-1);
  const gapHours = new Float64Array(users.length);
  const lastVisit = new Map<number, number>();
  const seen = new Map<number, Set<number>>();
  users.forEach((user, visit) => {
    const item = items[visit] as number;
    const known = seen.get(user) ?? new Set();
    const last = lastVisit.get(user);
    if (!known.has(item)) isNew[visit] = 1;
    if (last !== undefined) {
      previous[visit] = items[last] as number;
      gapHours[visit] = ((times[visit] as number) - (times[last] as number)) / 3_600_000;
    }
    seen.set(user, known.add(item));
    lastVisit.set(user, visit);
  });
  return { isNew, previous, gapHours };
}

function timesOf(visits: VisitsTable): Float64Array {
  const column = visits.getChild('visited_at');
  if (!column || column.nullCount > 0)
    throw new AlsError('ALS_VISITS_INVALID', [
      `The visits' column visited_at is ${column ? 'null in places' : 'missing'}; every visit needs a time, see etl/visits/v1.0.`,
    ]);
  const times = new Float64Array(column.length);
  for (let row = 0; row < times.length; row++) times[row] = column.get(row) as number;
  return times;
}
