import type { VisitsTable } from '@attractions/contracts';
import type { Data, Utf8 } from 'apache-arrow';
import type { Columns } from '../engine/engine.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';

/**
 * The query that {@link visitsTable} takes the answer of: visits in the one order they have. They come by user, so a user's
 * id is sent with the first row alone, and an attraction is its place among all attractions in order of files and lines: to decode a
 * text in each row would take longer than all the rest.
 */
export function orderedVisits(visits: Frame, attractions: Frame, hasWeights = false): Sql {
  const numbered = frame('visits_numbered')`
SELECT v.user_id, v.attraction_id, v.visited_at, v.photos, ${hasWeights ? sql`v.weight` : sql`NULL AS weight`}, a.number
FROM ${visits} v
JOIN (SELECT attraction_id, row_number() OVER (ORDER BY file_number, line) - 1 AS number FROM ${attractions}) a
  ON a.attraction_id = v.attraction_id`;
  return sql`
SELECT nullif(user_id, lag(user_id) OVER w) AS new_user, number, unix_millis(visited_at) AS visited_at, photos${hasWeights ? sql`, CAST(weight AS DOUBLE) AS weight` : sql``}
FROM ${numbered}
WINDOW w AS (ORDER BY user_id, visited_at, attraction_id, photos)
ORDER BY user_id, visited_at, attraction_id, photos`;
}

/** The answer to {@link orderedVisits} as an Arrow table of one batch. `attractionIds[number]` is the attraction. */
export async function visitsTable(
  answer: Columns,
  attractionIds: readonly string[],
  hasWeights = false,
): Promise<VisitsTable> {
  // On demand: Arrow takes longer to load than its table takes to make.
  const { Float32, Int32, makeData, Table, TimestampMillisecond, Utf8: Text } = await import('apache-arrow');
  const length = answer.rowCount;
  const users: string[] = [];
  const userOf = new Int32Array(length);
  const attractionOf = new Int32Array(length);
  const visitedAt = new BigInt64Array(length);
  const photos = new Int32Array(length);
  answer.eachValue(0, (value, row) => {
    if (value !== null) users.push(String(value));
    userOf[row] = users.length - 1;
  });
  answer.eachValue(1, (value, row) => (attractionOf[row] = Number(value)));
  answer.eachValue(2, (value, row) => (visitedAt[row] = typeof value === 'bigint' ? value : 0n));
  answer.eachValue(3, (value, row) => (photos[row] = Number(value)));
  const weights = new Float32Array(hasWeights ? length : 0);
  if (hasWeights) answer.eachValue(4, (value, row) => (weights[row] = Number(value)));

  const texts = (words: readonly string[], wordOf: Int32Array): Data<Utf8> =>
    makeData({ type: new Text(), length, nullCount: 0, ...textBuffers(words, wordOf) });
  const columns = {
    user_id: texts(users, userOf),
    attraction_id: texts(attractionIds, attractionOf),
    visited_at: makeData({ type: new TimestampMillisecond('UTC'), nullCount: 0, data: visitedAt }),
    photos: makeData({ type: new Int32(), nullCount: 0, data: photos }),
    ...(hasWeights && { weight: makeData({ type: new Float32(), nullCount: 0, data: weights }) }),
  };
  return new Table(columns) as VisitsTable;
}

/** A text column's buffers: row `r` is `words[wordOf[r]]`. */
function textBuffers(
  words: readonly string[],
  wordOf: Int32Array,
): { readonly valueOffsets: Int32Array; readonly data: Uint8Array } {
  const encoded = words.map((word) => Buffer.from(word));
  const valueOffsets = new Int32Array(wordOf.length + 1);
  let bytes = 0;
  for (const [row, word] of wordOf.entries()) valueOffsets[row + 1] = bytes += encoded[word]?.length ?? 0;
  const data = new Uint8Array(bytes);
  for (const [row, word] of wordOf.entries()) data.set(encoded[word] ?? [], valueOffsets[row]);
  return { valueOffsets, data };
}
