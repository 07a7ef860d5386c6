import type { Attraction } from '@attractions/contracts';
import type { Engine, RunOptions } from '../engine/engine.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';

/** What a run found in the data, as the engine counted it. */
export interface Profile {
  /** Times of the first and the last visit; absent where there is none. */
  readonly range?: { readonly earliest: Date; readonly latest: Date };
  /** Shares of users and attractions that the last update did not have, 0 to 1; absent where there is nothing to compare with. */
  readonly fresh?: { readonly users: number; readonly attractions: number };
  /** How many lines of visits were refused for each column, by its raw name; the empty name is the line as a whole. */
  readonly rejects: Readonly<Record<string, number>>;
  /** The share of the attractions that have no value in a column, 0 to 1. */
  readonly empty: Readonly<Record<string, number>>;
}

/** Of each column of attractions that may be empty, the share that is. */
export function emptyShares(attractions: readonly Attraction[]): Profile['empty'] {
  const share = (isEmpty: (attraction: Attraction) => boolean): number =>
    attractions.length === 0 ? 0 : attractions.filter(isEmpty).length / attractions.length;
  return {
    latitude: share(({ latitude }) => latitude === undefined),
    longitude: share(({ longitude }) => longitude === undefined),
    duration: share(({ durationMinutes }) => durationMinutes === undefined),
    themes: share(({ themes }) => themes.length === 0),
  };
}

/** Shares of users and attractions that the visits to compare with, of which `previous` are the Parquet files, did not have. */
export async function freshIn(
  visits: Frame,
  previous: readonly string[],
  engine: Engine,
  how: RunOptions,
): Promise<NonNullable<Profile['fresh']>> {
  const files = previous.map((path, number) => ({ path, number }));
  const columns = [{ name: 'user_id' }, { name: 'attraction_id' }];
  const scan = engine.scanRows({ format: 'parquet', files, columns }, { numbered: false });
  const before = frame('previous_visits')`SELECT f0 AS user_id, f1 AS attraction_id FROM ${scan}`;
  const share = async (column: Sql): Promise<number> => {
    const [row] = await engine.rows(
      sql`SELECT count(*) AS total, count_if(b.known IS NULL) AS fresh
FROM (SELECT DISTINCT ${column} AS id FROM ${visits}) v
LEFT JOIN (SELECT DISTINCT ${column} AS known FROM ${before}) b ON b.known = v.id`,
      how,
    );
    const total = Number(row?.['total']);
    return total === 0 ? 0 : Number(row?.['fresh']) / total;
  };
  return { users: await share(sql`user_id`), attractions: await share(sql`attraction_id`) };
}
