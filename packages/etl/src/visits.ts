import type { VisitsColumns, VisitsTable } from '@attractions/contracts';
import type { Data, Utf8 } from 'apache-arrow';
import type { Columns } from './engine/engine.js';
import { frame, sql } from './frame/frame.js';
import type { Frame, Sql } from './frame/frame.js';
import { isWholeNumber, rawName, shown } from './frame/portable.js';

/** What a source extracts of visits: nothing is judged or typed yet. */
export interface VisitsExtract {
  /**
   * One row a line: `file_number, line` (its key and order), `park` ('' where there is only one), `photo_id` (NULL: every line is a photo
   * of its own), `user_id, taken` (whole units of `timeUnit` since 1970), `poi_id, sequence_id` (NULL: to be derived). All text but the
   * key, '' where empty.
   */
  readonly lines: Frame;
  /**
   * One row a file: `file_number`, the raw names of its columns, `photo_column, user_column, taken_column, poi_column, sequence_column`,
   * and `unknown_park`: the reason to refuse a line whose park has no attractions.
   */
  readonly files: Frame;
  /** One row a line as it stands in the raw data: `file_number, line` (its key), `file, file_line, text`. */
  readonly places: Frame;
  readonly timeUnit: 'seconds' | 'milliseconds';
  /** Whether every line has a travel sequence. */
  readonly hasSequences: boolean;
}

/** What the transformer needs to know besides the lines. */
export interface VisitsOptions {
  /** Has `attraction_id, park, poi_id`. */
  readonly attractions: Frame;
  /** Has `park`: the parks that attractions are given for. */
  readonly parks: Frame;
  /** Where a line has no sequence: a gap of this many hours or more between a user's photos in a park starts a new one. */
  readonly sequenceGapHours: number;
  /** Photos taken after this are refused. */
  readonly latest: Date;
}

/** What visits come to. */
export interface VisitsFrames {
  /** One row a visit: `user_id, attraction_id, visited_at` (a timestamp in UTC)`, photos`. */
  readonly visits: Frame;
  /**
   * One row a line that is in no visit: `file, line, column_name, reason, text`. `reason` is NULL where the line repeats a photo that is
   * in a visit and says the same of it.
   */
  readonly exceptions: Frame;
}

/**
 * Unix time 0 is a clock that was never set, and what lies before it are archive pictures, some of which in the city files go back to
 * 1903: none of them was a visit of the person who put it on Flickr.
 */
export const EARLIEST_TAKEN = new Date('1970-01-01T00:00:01Z');

/**
 * Makes visits of extracted lines: a visit is a distinct (user, park, attraction, travel sequence), begun with its first
 * photo. A photo id that repeats is one photo, the first in order of files and lines; a repeat that names another user,
 * attraction or time is refused. Composes; reads nothing.
 */
export function transformVisits(extract: VisitsExtract, options: VisitsOptions): VisitsFrames {
  const { lines, files, places, timeUnit, hasSequences } = extract;
  const { attractions, parks, sequenceGapHours, latest } = options;
  const inUnits = (time: Date): number => Math.floor(time.getTime() / (timeUnit === 'seconds' ? 1_000 : 1));
  const gap = Math.round(sequenceGapHours * 3_600 * (timeUnit === 'seconds' ? 1 : 1_000));

  const matches = frame('visit_matches')`
SELECT l.file_number, l.line, l.park, l.photo_id, l.user_id, l.taken, l.poi_id, l.sequence_id, a.attraction_id
FROM ${lines} l LEFT JOIN ${attractions} a ON a.park = l.park AND a.poi_id = l.poi_id`;

  // `fault` names the first column that is at fault.
  const checks = frame('visit_checks')`
SELECT file_number, line, park, photo_id, user_id, taken, poi_id, sequence_id, attraction_id,
  CASE WHEN photo_id = '' THEN 'photo'
    WHEN user_id = '' THEN 'user'
    WHEN NOT ${isWholeNumber(sql`taken`)} OR try_cast(taken AS BIGINT) NOT BETWEEN ${inUnits(EARLIEST_TAKEN)} AND ${inUnits(latest)} THEN 'taken'
    WHEN attraction_id IS NULL THEN 'poi'
    WHEN NOT ${isWholeNumber(sql`sequence_id`)} THEN 'sequence' END AS fault
FROM ${matches}`;

  const sound = frame('visit_sound')`
SELECT file_number, line, park, photo_id, user_id, attraction_id,
  try_cast(taken AS BIGINT) AS taken, try_cast(sequence_id AS BIGINT) AS sequence
FROM ${checks} WHERE fault IS NULL`;

  // Every appearance of a photo but its first. Grouping finds the few photos that repeat; only they are sorted.
  const repeats = frame('visit_repeats')`
SELECT file_number, line, photo_id, user_id, attraction_id, taken, first_user, first_attraction, first_taken
FROM (
  SELECT s.file_number, s.line, s.photo_id, s.user_id, s.attraction_id, s.taken,
    row_number() OVER w AS place,
    first_value(s.user_id) OVER w AS first_user,
    first_value(s.attraction_id) OVER w AS first_attraction,
    first_value(s.taken) OVER w AS first_taken
  FROM ${sound} s
  SEMI JOIN (SELECT photo_id FROM ${sound} GROUP BY photo_id HAVING count(*) > 1) r ON r.photo_id = s.photo_id
  WINDOW w AS (PARTITION BY s.photo_id ORDER BY s.file_number, s.line)
) appearances
WHERE place > 1`;

  const photos = frame('visit_photos')`
SELECT s.file_number, s.line, s.park, s.user_id, s.attraction_id, s.taken, s.sequence
FROM ${sound} s ANTI JOIN ${repeats} r ON r.file_number = s.file_number AND r.line = s.line`;

  const sequenced = hasSequences ? photos : deriveSequences(photos, gap);
  const first = timeUnit === 'seconds' ? sql`timestamp_seconds(min(taken))` : sql`timestamp_millis(min(taken))`;
  const visits = frame('visits')`
SELECT user_id, attraction_id, ${first} AS visited_at, CAST(count(*) AS INT) AS photos
FROM ${sequenced} GROUP BY user_id, attraction_id, sequence`;

  const unit = `${timeUnit} since 1970.`;
  const range = ` is not a time from ${day(EARLIEST_TAKEN)} to ${day(latest)}, in ${unit}`;
  const faults = frame('visit_faults')`
SELECT c.file_number, c.line, c.fault,
  CASE c.fault WHEN 'photo' THEN 'The photo id is empty.'
    WHEN 'user' THEN 'The user id is empty.'
    WHEN 'taken' THEN ${shown(sql`c.taken`)} ||
      CASE WHEN NOT regexp_like(c.taken, '^-?[0-9]{1,15}$') THEN ${` is not a whole number of ${unit}`} ELSE ${range} END
    WHEN 'poi' THEN CASE WHEN p.park IS NULL THEN f.unknown_park
      WHEN c.park = '' THEN 'There is no attraction ' || ${shown(sql`c.poi_id`)} || '.'
      ELSE 'The park has no attraction ' || ${shown(sql`c.poi_id`)} || '.' END
    ELSE ${shown(sql`c.sequence_id`)} || ' is not the number of a travel sequence.' END AS reason
FROM ${checks} c
JOIN ${files} f ON f.file_number = c.file_number
LEFT JOIN (SELECT DISTINCT park FROM ${parks}) p ON p.park = c.park
WHERE c.fault IS NOT NULL
UNION ALL
SELECT file_number, line,
  CASE WHEN user_id <> first_user THEN 'user' WHEN attraction_id <> first_attraction THEN 'poi' ELSE 'taken' END,
  CASE WHEN user_id <> first_user THEN 'The photo ' || ${shown(sql`photo_id`)} || ' is one of user ' || ${shown(sql`first_user`)} || ' already.'
    WHEN attraction_id <> first_attraction
      THEN 'The photo ' || ${shown(sql`photo_id`)} || ' is one of attraction ' || ${shown(sql`first_attraction`)} || ' already.'
    WHEN taken <> first_taken
      THEN 'The photo ' || ${shown(sql`photo_id`)} || ' was taken at ' || CAST(first_taken AS VARCHAR(20)) || ' already.' END
FROM ${repeats}`;

  const exceptions = frame('visit_exceptions')`
SELECT p.file, p.file_line AS line, ${rawName(sql`x.fault`, ['photo', 'user', 'taken', 'poi', 'sequence'])} AS column_name, x.reason, p.text
FROM ${faults} x
JOIN ${files} f ON f.file_number = x.file_number
JOIN ${places} p ON p.file_number = x.file_number AND p.line = x.line`;

  return { visits, exceptions };
}

/** Derived sequences count down from -1, so they never meet those of a file of the same park, which are not negative. */
function deriveSequences(photos: Frame, gap: number): Frame {
  return frame('visit_sequenced')`
SELECT user_id, attraction_id, taken, sequence FROM ${photos} WHERE sequence IS NOT NULL
UNION ALL
SELECT user_id, attraction_id, taken, CAST(-sum(starts) OVER (
    PARTITION BY park, user_id ORDER BY taken, file_number, line ROWS UNBOUNDED PRECEDING) AS BIGINT)
FROM (
  SELECT file_number, line, park, user_id, attraction_id, taken,
    CASE WHEN taken - lag(taken) OVER (PARTITION BY park, user_id ORDER BY taken, file_number, line) < ${gap}
      THEN 0 ELSE 1 END AS starts
  FROM ${photos} WHERE sequence IS NULL
) gaps`;
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/**
 * The query that {@link visitsTable} takes the answer of: visits in the one order they have. They come by user, so a user's
 * id is sent with the first row alone, and an attraction is its place among all attractions in order of files and lines: to decode a
 * text in each row would take longer than all the rest.
 */
export function orderedVisits(visits: Frame, attractions: Frame): Sql {
  const numbered = frame('visits_numbered')`
SELECT v.user_id, v.attraction_id, v.visited_at, v.photos, a.number
FROM ${visits} v
JOIN (SELECT attraction_id, row_number() OVER (ORDER BY file_number, line) - 1 AS number FROM ${attractions}) a
  ON a.attraction_id = v.attraction_id`;
  return sql`
SELECT nullif(user_id, lag(user_id) OVER w) AS new_user, number, unix_millis(visited_at) AS visited_at, photos
FROM ${numbered}
WINDOW w AS (ORDER BY user_id, visited_at, attraction_id, photos)
ORDER BY user_id, visited_at, attraction_id, photos`;
}

/** The answer to {@link orderedVisits} as an Arrow table of one batch. `attractionIds[number]` is the attraction. */
export async function visitsTable(answer: Columns, attractionIds: readonly string[]): Promise<VisitsTable> {
  // On demand: Arrow takes longer to load than its table takes to make.
  const { Int32, makeData, Table, TimestampMillisecond, Utf8: Text } = await import('apache-arrow');
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

  const texts = (words: readonly string[], wordOf: Int32Array): Data<Utf8> =>
    makeData({ type: new Text(), length, nullCount: 0, ...textBuffers(words, wordOf) });
  return new Table<VisitsColumns>({
    user_id: texts(users, userOf),
    attraction_id: texts(attractionIds, attractionOf),
    visited_at: makeData({ type: new TimestampMillisecond('UTC'), nullCount: 0, data: visitedAt }),
    photos: makeData({ type: new Int32(), nullCount: 0, data: photos }),
  });
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
