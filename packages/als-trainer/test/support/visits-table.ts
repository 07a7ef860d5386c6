import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';
import type { VisitsTable } from '@attractions/contracts';

/** One visit: user, attraction, and when, in hours since a midnight. */
export type VisitAt = readonly [user: string, attraction: string, hour: number];

/** A midnight, UTC: 20,000 days after 1970-01-01. */
export const midnight = 20_000 * 86_400_000;

/** The time of an hour after `midnight`. */
export const at = (hour: number): number => midnight + hour * 3_600_000;

/** A visits table of a few visits, one photo each. */
export function visitsTable(visits: readonly VisitAt[]): VisitsTable {
  return new Table({
    user_id: vectorFromArray(
      visits.map(([user]) => user),
      new Utf8(),
    ),
    attraction_id: vectorFromArray(
      visits.map(([, attraction]) => attraction),
      new Utf8(),
    ),
    visited_at: vectorFromArray(
      visits.map(([, , hour]) => at(hour)),
      new TimestampMillisecond('UTC'),
    ),
    photos: vectorFromArray(
      visits.map(() => 1),
      new Int32(),
    ),
  });
}
