import type { ParkTables } from './next-attraction.js';

/** Who asks: when, and where they were last in this park. */
export interface NextRequest {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The latest visit before `time`; absent where there is none, or nobody knows when it was. */
  readonly last?: { readonly attractionId: string; readonly visitedAt: number } | undefined;
}

/** The parts of each attraction's score, in the order of `attractionIds`; they add up to it. A reason for each list entry. */
export interface NextTerms {
  readonly popular: readonly number[];
  readonly lately: readonly number[];
  readonly hour: readonly number[];
  readonly onward: readonly number[];
}

const msPerHour = 3_600_000;

/** The hour of the day of a time, 0 to 23, UTC. */
export const hourOfDay = (time: number): number => ((Math.floor(time / msPerHour) % 24) + 24) % 24;

/** The terms of the score; see `NextAttractionModel`. A last visit that is unknown to the tables, or later than the request, gives none. */
export function nextTerms(tables: ParkTables, { time, last }: NextRequest): NextTerms {
  const { popular, lately, byHour, onward, patienceHours } = tables;
  const from = last === undefined || last.visitedAt > time ? -1 : tables.attractionIds.indexOf(last.attractionId);
  const there = from < 0 || last === undefined ? 0 : Math.exp((last.visitedAt - time) / msPerHour / patienceHours);
  return {
    popular,
    lately,
    hour: byHour[hourOfDay(time)] as readonly number[],
    onward: (onward[from] ?? popular).map((term) => there * term),
  };
}

/** Score of each attraction of the park, visited ones too: whom to leave out is the caller's to say. Higher comes sooner. */
export function scoreNext(tables: ParkTables, request: NextRequest): Float64Array {
  const { popular, lately, hour, onward } = nextTerms(tables, request);
  return Float64Array.from(
    popular,
    (term, k) => term + (lately[k] as number) + (hour[k] as number) + (onward[k] as number),
  );
}
