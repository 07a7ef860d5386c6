import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';
import type { VisitsTable } from '@attractions/contracts';

import { visitLogOf } from '../../src/visit-log.js';
import type { VisitLog } from '../../src/visit-log.js';

/** One visit: user, attraction, and when, in hours since 1970. */
export type VisitAt = readonly [user: string, attraction: string, hour: number];

export const hours = (hour: number): number => hour * 3_600_000;

export function visitsTable(visits: readonly VisitAt[]): VisitsTable {
  const text = (values: string[]) => vectorFromArray(values, new Utf8());
  return new Table({
    user_id: text(visits.map(([user]) => user)),
    attraction_id: text(visits.map(([, attraction]) => attraction)),
    visited_at: vectorFromArray(
      visits.map(([, , hour]) => hours(hour)),
      new TimestampMillisecond(),
    ),
    photos: vectorFromArray(
      visits.map((_, n) => n + 1),
      new Int32(),
    ),
  });
}

export const logOf = (visits: readonly VisitAt[]): VisitLog => visitLogOf(visitsTable(visits), []);

/** The visits of a log, by name, in its order. */
export const named = ({ users, attractions, times, names }: VisitLog): VisitAt[] =>
  Array.from(users, (user, visit) => [
    names.userIds[user] as string,
    names.attractionIds[attractions[visit] as number] as string,
    (times[visit] as number) / 3_600_000,
  ]);
