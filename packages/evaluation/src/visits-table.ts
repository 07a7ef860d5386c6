import type { VisitsTable } from '@attractions/contracts';

import type { VisitLog } from './visit-log.js';

/** A log as the table that trainers take: `visitLogOf` the other way round. */
export async function visitsTableOf({ users, attractions, times, photos, names }: VisitLog): Promise<VisitsTable> {
  // Loaded when wanted: it costs more than the rest of the package together.
  const { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } = await import('apache-arrow');
  const named = (numbers: Uint32Array, ids: readonly string[]) =>
    vectorFromArray(
      Array.from(numbers, (number) => ids[number] as string),
      new Utf8(),
    );
  return new Table({
    user_id: named(users, names.userIds),
    attraction_id: named(attractions, names.attractionIds),
    visited_at: vectorFromArray(Array.from(times), new TimestampMillisecond('UTC')),
    photos: vectorFromArray(Array.from(photos), new Int32()),
  });
}
