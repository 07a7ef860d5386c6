import { visitsByUser } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';
import type { Request } from './split.js';

/** One user in one park. */
export interface Journey {
  readonly user: number;
  readonly park: number;
  /** Numbers of the visits in the log, in time order. */
  readonly visits: readonly number[];
  /** Those of them that were the first at their attraction, in time order. */
  readonly firsts: readonly number[];
}

/** Every user in every park: users ascending, then parks. */
export function journeysOf(log: VisitLog): Journey[] {
  const { attractions, names } = log;
  return visitsByUser(log).flatMap((visits, user) => {
    const byPark = new Map<number, number[]>();
    for (const visit of visits) {
      const park = names.parkOf[attractions[visit] as number] as number;
      byPark.set(park, [...(byPark.get(park) ?? []), visit]);
    }
    return [...byPark]
      .sort(([a], [b]) => a - b)
      .map(([park, inPark]) => ({ user, park, visits: inPark, firsts: firstsOf(log, inPark) }));
  });
}

/** What this visitor knows and asks at the moment of one visit: earlier visits only, by the order of the log. */
export function requestAt(log: VisitLog, { user, park, visits }: Journey, visit: number): Request {
  const before = visits.filter((other) => other < visit);
  const visited = Uint32Array.from(new Set(before.map((other) => log.attractions[other] as number))).sort();
  const latest = before.at(-1);
  const request = { user, park, time: log.times[visit] as number, visited };
  if (latest === undefined) return request;
  const last = { attraction: log.attractions[latest] as number, visitedAt: log.times[latest] as number };
  return { ...request, last };
}

function firstsOf({ attractions }: VisitLog, visits: readonly number[]): number[] {
  const seen = new Set<number>();
  return visits.filter((visit) => {
    const attraction = attractions[visit] as number;
    const isFirst = !seen.has(attraction);
    seen.add(attraction);
    return isFirst;
  });
}
