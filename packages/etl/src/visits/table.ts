import type { VisitsColumns, VisitsTable } from '@attractions/feeds';
import type { DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import type { Data, Utf8 } from 'apache-arrow';
import { frame } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';

/** The visits with the number of their attraction, which is its place among all attractions in order of files and lines. */
export function numberedVisits(visits: Frame, attractions: Frame): Frame {
  return frame(
    'visits_numbered',
    `
SELECT v.user_id, v.attraction_id, v.visited_at, v.photos, a.number
FROM visits v
JOIN (SELECT attraction_id, row_number() OVER (ORDER BY file_number, line) - 1 AS number FROM attractions) a
  ON a.attraction_id = v.attraction_id`,
    visits,
    attractions,
  );
}

/**
 * What is asked of numbered visits to make a table of them: rows in the one order they have. They come by user, so a user's
 * id is sent with the first row alone: to decode a text a row would take longer than all the rest.
 */
export const VISITS_SELECT = `
SELECT nullif(user_id, lag(user_id) OVER w) AS new_user, number, unix_millis(visited_at) AS visited_at, photos
FROM visits_numbered
WINDOW w AS (ORDER BY user_id, visited_at, attraction_id, photos)
ORDER BY user_id, visited_at, attraction_id, photos`;

/** The answer to {@link VISITS_SELECT} as an Arrow table of one batch. `attractionIds[number]` is the attraction. */
export async function visitsTable(
  result: DuckDBMaterializedResult,
  attractionIds: readonly string[],
): Promise<VisitsTable> {
  // On demand: Arrow takes longer to load than its table takes to make.
  const { Int32, makeData, Table, TimestampMillisecond, Utf8: Text } = await import('apache-arrow');
  const length = result.rowCount;
  const users: string[] = [];
  const userOf = new Int32Array(length);
  const attractionOf = new Int32Array(length);
  const visitedAt = new BigInt64Array(length);
  const photos = new Int32Array(length);
  eachValue(result, 0, (value, row) => {
    if (value !== null) users.push(String(value));
    userOf[row] = users.length - 1;
  });
  eachValue(result, 1, (value, row) => (attractionOf[row] = Number(value)));
  eachValue(result, 2, (value, row) => (visitedAt[row] = typeof value === 'bigint' ? value : 0n));
  eachValue(result, 3, (value, row) => (photos[row] = Number(value)));

  const texts = (words: readonly string[], wordOf: Int32Array): Data<Utf8> =>
    makeData({ type: new Text(), length, nullCount: 0, ...spell(words, wordOf) });
  return new Table<VisitsColumns>({
    user_id: texts(users, userOf),
    attraction_id: texts(attractionIds, attractionOf),
    visited_at: makeData({ type: new TimestampMillisecond('UTC'), nullCount: 0, data: visitedAt }),
    photos: makeData({ type: new Int32(), nullCount: 0, data: photos }),
  });
}

/** A text column's buffers: row `r` is `words[wordOf[r]]`. */
function spell(words: readonly string[], wordOf: Int32Array): { valueOffsets: Int32Array; data: Uint8Array } {
  const encoded = words.map((word) => Buffer.from(word));
  const valueOffsets = new Int32Array(wordOf.length + 1);
  let bytes = 0;
  for (const [row, word] of wordOf.entries()) valueOffsets[row + 1] = bytes += encoded[word]?.length ?? 0;
  const data = new Uint8Array(bytes);
  for (const [row, word] of wordOf.entries()) data.set(encoded[word] ?? [], valueOffsets[row]);
  return { valueOffsets, data };
}

function eachValue(
  result: DuckDBMaterializedResult,
  column: number,
  visit: (value: DuckDBValue, row: number) => void,
): void {
  let row = 0;
  for (let i = 0; i < result.chunkCount; i++) {
    result.getChunk(i).visitColumnValues(column, (value) => visit(value, row++));
  }
}
