import type { ParkTables } from './next-attraction.js';

/** Who asks: when, where they were last in this park, and where they have been. */
export interface NextRequest {
  /** Milliseconds since 1970; where nobody knows, neither the hour nor the place of the last visit nor what is popular of late counts. */
  readonly time?: number | undefined;
  /** The latest visit before `time`; absent where there is none, or nobody knows when it was. */
  readonly last?: { readonly attractionId: string; readonly visitedAt: number } | undefined;
  /** Ids of the attractions visited so far; unknown ones and those of other parks are passed over, repeats count once. */
  readonly visited?: readonly string[] | undefined;
}

/** The parts of each attraction's score, in the order of `attractionIds`; they add up to it. A reason for each list entry. */
export interface NextTerms {
  readonly popular: readonly number[];
  readonly lately: readonly number[];
  readonly hour: readonly number[];
  readonly onward: readonly number[];
  readonly together: readonly number[];
}

const msPerHour = 3_600_000;

/** The hour of the day of a time, 0 to 23, UTC. */
export const hourOfDay = (time: number): number => ((Math.floor(time / msPerHour) % 24) + 24) % 24;

/**
 * The terms of the score; see `NextAttractionModel`. A last visit that is unknown to the tables, or later than the request, gives none.
 * What was popular of late fades with the whole days between the request and the tables, before or after.
 */
export function nextTerms(tables: ParkTables, request: NextRequest): NextTerms {
  const { popular, lately, hour, onward, fresh, there, together } = rowsOf(tables, request);
  const times = (factor: number, row: readonly number[] | undefined) => popular.map((_, k) => factor * (row?.[k] ?? 0));
  return {
    popular,
    lately: fresh === 1 && lately !== undefined ? lately : times(fresh, lately),
    hour: hour ?? times(0, undefined),
    onward: times(there, onward),
    together: Array.from(together),
  };
}

/** The rows of the tables that speak for a request, and how much; absent ones say nothing. */
function rowsOf(tables: ParkTables, { time, last, visited = [] }: NextRequest) {
  const { popular, lately, byHour, onward, together = [], patienceHours } = tables;
  const places = placesIn(tables);
  const rows = [...new Set(visited)].flatMap((id) => {
    const row = together[places.get(id) ?? -1];
    return row === undefined ? [] : [row];
  });
  const withOthers = togetherOf(rows, popular.length);
  if (time === undefined) return { popular, fresh: 0, there: 0, together: withOthers };
  const from = last === undefined || last.visitedAt > time ? undefined : places.get(last.attractionId);
  return {
    popular,
    lately,
    fresh: 2 ** (-staleDays(tables, time) / (tables.halfLifeDays ?? Infinity)),
    hour: byHour[hourOfDay(time)],
    onward: from === undefined ? undefined : onward[from],
    there: from === undefined || last === undefined ? 0 : Math.exp((last.visitedAt - time) / msPerHour / patienceHours),
    together: withOthers,
  };
}

const placesOfTables = new WeakMap<ParkTables, ReadonlyMap<string, number>>();

/** The place of each attraction in the tables. */
function placesIn(tables: ParkTables): ReadonlyMap<string, number> {
  let places = placesOfTables.get(tables);
  if (places === undefined)
    placesOfTables.set(tables, (places = new Map(tables.attractionIds.map((id, place) => [id, place]))));
  return places;
}

/**
 * What each visited attraction says of the others, as one: the sum over the root of how many there are, since they say much of the same.
 *
 * @param rows one for each visited attraction, `length` long.
 */
export function togetherOf(rows: readonly ArrayLike<number>[], length: number): Float64Array {
  const sum = new Float64Array(length);
  const weight = 1 / Math.sqrt(rows.length || 1);
  for (const row of rows) for (let k = 0; k < length; k++) (sum[k] as number) += weight * (row[k] as number);
  return sum;
}

/** Score of each attraction of the park, visited ones too: whom to leave out is the caller's to say. Higher comes sooner. */
export function scoreNext(tables: ParkTables, request: NextRequest): Float64Array {
  const { popular, lately, hour, onward, fresh, there, together } = rowsOf(tables, request);
  return Float64Array.from(
    popular,
    (term, k) =>
      term + fresh * (lately?.[k] ?? 0) + (hour?.[k] ?? 0) + there * (onward?.[k] ?? 0) + (together[k] as number),
  );
}

/**
 * Whole days between a request and the day of the tables, before or after: 0 on that day and the ones beside it, and where the tables do not say.
 * What was popular of late fades with them, so that it is the same all day.
 */
export function staleDays({ asOf, halfLifeDays }: ParkTables, time: number): number {
  if (asOf === undefined || halfLifeDays === undefined) return 0;
  return Math.max(0, Math.floor(Math.abs(time - asOf) / (24 * msPerHour)) - 1);
}
