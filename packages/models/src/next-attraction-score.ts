import type { ParkTables } from '@attractions/contracts';

/** What a score depends on: the time, where the visitor was last in this park, and where before. */
export interface NextRequest {
  /** Milliseconds since 1970. Where absent, the hour, the last visit and what is popular of late do not count. */
  readonly time?: number | undefined;
  /** The latest visit before `time`, however long ago; absent where there is none, or its time is not known. */
  readonly last?: { readonly attractionId: string; readonly visitedAt: number } | undefined;
  /** Ids of the attractions visited so far; unknown ones and those of other parks do not count, repeats count once. */
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

const MS_PER_HOUR = 3_600_000;

/** The hour of the day of a time, 0 to 23, UTC. */
export const hourOfDay = (time: number): number => ((Math.floor(time / MS_PER_HOUR) % 24) + 24) % 24;

/**
 * The terms of the score; see `NextAttractionModel`. A last visit that the tables do not know, or that is later than the request, does not count.
 * What was popular of late fades with the whole days between the request and the tables, before or after.
 */
export function nextTerms(tables: ParkTables, request: NextRequest): NextTerms {
  const { popular, lately, hour, onward, fresh, there, together, around, lingering, place, seasoned, season } = rowsOf(
    tables,
    request,
  );
  const row = (valueOf: (k: number) => number) => Array.from(popular, (_, k) => valueOf(k));
  return {
    popular: Array.from(popular),
    lately: row((k) => fresh * (lately?.[k] ?? 0)),
    hour: row((k) => hour?.[k] ?? 0),
    onward: row((k) => there * (onward?.[k] ?? 0) + lingering * (around?.[k] ?? 0) + (place?.[k] ?? 0)),
    together: row((k) => (together[k] as number) + season * (seasoned?.[k] ?? 0)),
  };
}

/** The rows of the tables for a request, and their factors; absent rows count 0. */
interface Rows {
  readonly popular: Float64Array;
  readonly fresh: number;
  readonly lately?: Float64Array;
  readonly hour?: Float64Array | undefined;
  readonly there: number;
  readonly onward?: Float64Array | undefined;
  readonly lingering: number;
  readonly around?: Float64Array | undefined;
  /** For those who are in the park, or for those who come back. */
  readonly place?: Float64Array | undefined;
  readonly together: Float64Array;
  readonly season: number;
  readonly seasoned: Float64Array | undefined;
}

function rowsOf(tables: ParkTables, { time, last, visited = [] }: NextRequest): Rows {
  const { places, popular, lately, byHour, onward, together, around, here, away, seasoned } = numbersIn(tables);
  const rows: Float64Array[] = [];
  const met = new Uint8Array(popular.length);
  let known = 0;
  for (const id of visited) {
    const place = places.get(id) ?? -1;
    if (place < 0 || met[place] === 1) continue;
    met[place] = 1;
    known += 1;
    const row = together[place];
    if (row !== undefined) rows.push(row);
  }
  const withOthers = togetherOf(rows, popular.length);
  const always = { popular, together: withOthers, seasoned, season: known === 0 ? 0 : Math.log(known) - 1 };
  if (time === undefined) return { ...always, fresh: 0, there: 0, lingering: 0 };
  const fresh = 2 ** (-staleDays(tables, time) / (tables.halfLifeDays ?? Infinity));
  const timed = { ...always, lately, fresh, hour: byHour[hourOfDay(time)] };
  const from = last === undefined || last.visitedAt > time ? undefined : places.get(last.attractionId);
  if (from === undefined || last === undefined) return { ...timed, there: 0, lingering: 0 };
  const gapHours = (time - last.visitedAt) / MS_PER_HOUR;
  return {
    ...timed,
    onward: onward[from],
    there: Math.exp(-gapHours / tables.patienceHours),
    around: around[from],
    lingering: Math.exp(-gapHours / (tables.lingerHours ?? Infinity)),
    place: gapHours < (tables.awayHours ?? Infinity) ? here : away,
  };
}

/** Tables as typed arrays, for speed. */
interface Numbers {
  readonly places: ReadonlyMap<string, number>;
  readonly popular: Float64Array;
  readonly lately: Float64Array;
  readonly byHour: readonly Float64Array[];
  readonly onward: readonly Float64Array[];
  readonly together: readonly Float64Array[];
  readonly around: readonly Float64Array[];
  readonly here: Float64Array | undefined;
  readonly away: Float64Array | undefined;
  readonly seasoned: Float64Array | undefined;
}

/** By tables, which do not change. */
const numbersOfTables = new WeakMap<ParkTables, Numbers>();

function numbersIn(tables: ParkTables): Numbers {
  const known = numbersOfTables.get(tables);
  if (known !== undefined) return known;
  const doubles = (row: readonly number[]) => Float64Array.from(row);
  const numbers = {
    places: new Map(tables.attractionIds.map((id, place) => [id, place])),
    popular: doubles(tables.popular),
    lately: doubles(tables.lately),
    byHour: tables.byHour.map(doubles),
    onward: tables.onward.map(doubles),
    together: (tables.together ?? []).map(doubles),
    around: (tables.around ?? []).map(doubles),
    here: tables.here && doubles(tables.here),
    away: tables.away && doubles(tables.away),
    seasoned: tables.seasoned && doubles(tables.seasoned),
  };
  numbersOfTables.set(tables, numbers);
  return numbers;
}

/**
 * The rows of all visited attractions as one: their sum divided by the root of their number, since they say much the same.
 *
 * @param rows one for each visited attraction, `length` long.
 */
export function togetherOf(rows: readonly ArrayLike<number>[], length: number): Float64Array {
  const sum = new Float64Array(length);
  const weight = 1 / Math.sqrt(rows.length || 1);
  for (const row of rows) for (let k = 0; k < length; k++) (sum[k] as number) += weight * (row[k] as number);
  return sum;
}

/** Score of each attraction of the park, including visited ones, which the caller leaves out. Higher is better. */
export function scoreNext(tables: ParkTables, request: NextRequest): Float64Array {
  const { popular, lately, hour, onward, fresh, there, together, around, lingering, place, seasoned, season } = rowsOf(
    tables,
    request,
  );
  const scores = new Float64Array(popular.length);
  for (let k = 0; k < scores.length; k++)
    scores[k] =
      (popular[k] as number) +
      fresh * (lately?.[k] ?? 0) +
      (hour?.[k] ?? 0) +
      there * (onward?.[k] ?? 0) +
      lingering * (around?.[k] ?? 0) +
      (place?.[k] ?? 0) +
      (together[k] as number) +
      season * (seasoned?.[k] ?? 0);
  return scores;
}

/**
 * Whole days between a request and the day of the tables, before or after: 0 on that day, the days before and after it, and where the tables have no day.
 * What was popular of late fades by whole days, so that it is the same all day.
 */
export function staleDays({ asOf, halfLifeDays }: ParkTables, time: number): number {
  if (asOf === undefined || halfLifeDays === undefined) return 0;
  return Math.max(0, Math.floor(Math.abs(time - asOf) / (24 * MS_PER_HOUR)) - 1);
}
