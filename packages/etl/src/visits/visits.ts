import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';
import { isWholeNumber, rawName, shown } from '../frame/portable.js';
import { visitsOfPhotos } from './sequences.js';

/** What a source extracts of visits: nothing is judged or typed yet. */
export interface VisitsExtract {
  /**
   * One row a line: `file_number, line` (its key and order), `park` ('' where there is only one), `photo_id` (NULL: every line is a photo
   * of its own), `user_id, taken` (whole units of `timeUnit` since 1970), `poi_id, sequence_id` (NULL: to be derived). All text but the
   * key, '' where empty.
   */
  readonly lines: Frame;
  /** The same without `line`, where that is cheaper to read. */
  readonly unnumbered?: Frame;
  /**
   * One row a file: `file_number`, the raw names of its columns, `photo_column, user_column, taken_column, poi_column, sequence_column`,
   * and `unknown_park`: the reason to refuse a line whose park has no attractions.
   */
  readonly files: Frame;
  /** One row a line as it stands in the raw data: `file_number, line` (its key), `file, file_line, text`. Absent where the source locates lines. */
  readonly places?: Frame;
  /** `parsed`: lines have `taken_ms` too, in milliseconds since 1970, NULL where `taken` is not a time; a sequence may be any text. */
  readonly timeUnit: 'seconds' | 'milliseconds' | 'parsed';
  /** Of `parsed`: what is said of a text that is not a time, after the text itself. */
  readonly timeFault?: string;
  /** Whether every line has a travel sequence. */
  readonly hasSequences: boolean;
  /** Whether no line has one; default: false. */
  readonly hasNoSequences?: boolean;
  /** Whether lines may have photo ids; default: true. */
  readonly hasPhotos?: boolean;
  /** Whether lines have a column `weight`, a number as text; default: false. */
  readonly hasWeights?: boolean;
  /** Whether lines have a column `event`; default: false. */
  readonly hasEvents?: boolean;
  /** Whether lines may name parks; default: true. Without, an attraction is found by its id in any park. */
  readonly hasParks?: boolean;
  /** Whether ids of attractions are unique over all parks; default: false. */
  readonly idsAreGlobal?: boolean;
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
  /** Whether an attraction is found by `poi_id` alone; default: false. */
  readonly idsAreGlobal?: boolean;
  /** What each event weighs; a line with another one is refused. Default: events mean nothing. */
  readonly events?: Readonly<Record<string, number>>;
  /** Whether attractions are what is visited, so that none need be looked for; default: false. */
  readonly areVisited?: boolean;
}

/** Photos, one row each, before they are put together to visits. */
export interface PhotoRows {
  /** `park, user_id, attraction_id, taken` (in units since 1970), `sequence` (NULL: to be derived), and where lines have weights `weight`. */
  readonly photos: Frame;
  /** Milliseconds in a unit of `taken`. */
  readonly unitMs: number;
  /** In units of `taken`: so long without a photo, or longer, starts a new sequence. */
  readonly gap: number;
  readonly hasNoSequences: boolean;
  /** Whether sequences are derived for each park apart. */
  readonly hasParks: boolean;
}

/** What visits come to. */
export interface VisitsFrames {
  /**
   * One row a visit: `user_id, attraction_id, visited_at` (a timestamp in UTC)`, photos, ended_at` (NULL: as `visited_at`), where lines have weights
   * `weight, weight_sum`, and where some have sequences `sequence` (NULL: derived).
   */
  readonly visits: Frame;
  readonly rows: PhotoRows;
  /**
   * One row a line that is in no visit: `file_number, line` (its key), `column_name, reason`. `reason` is NULL where the line repeats a photo that
   * is in a visit and says the same of it. `due` is the time, in units, of a line that was refused for lying in the future, else NULL.
   */
  readonly exceptions: Frame;
  readonly hasWeights: boolean;
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
  const { lines, unnumbered, files, timeUnit, timeFault, hasSequences, hasNoSequences, hasPhotos = true } = extract;
  const { attractions, parks, sequenceGapHours, latest } = options;
  const isParsed = timeUnit === 'parsed';
  const events = extract.hasEvents ? options.events : undefined;
  const hasWeights = extract.hasWeights === true || events !== undefined;
  const weight = hasWeights ? sql`, weight` : sql``;
  const perUnit = timeUnit === 'seconds' ? 1_000 : 1;
  const inUnits = (time: Date): number => Math.floor(time.getTime() / perUnit);
  const gap = Math.round((sequenceGapHours * 3_600_000) / perUnit);
  const [earliest, last] = [inUnits(EARLIEST_TAKEN), inUnits(latest)];

  /** Lines with what is wrong with them: `fault` names the first column that is at fault. `key` is empty, or the columns that tell lines apart. */
  const checksOf = (suffix: string, given: Frame, key: Sql): Frame => {
    const own = sql`${isParsed ? sql`, l.taken_ms` : sql``}${hasWeights ? sql`, l.weight AS weight_text, l.event, ${weightOf(events)} AS weight` : sql``}`;
    const samePark = options.idsAreGlobal ? sql`` : sql`a.park = l.park AND `;
    const id = options.idsAreGlobal
      ? sql`l.poi_id`
      : sql`CASE WHEN l.park = '' THEN l.poi_id ELSE l.park || ':' || l.poi_id END`;
    const found = options.areVisited ? sql`CASE WHEN l.poi_id <> '' THEN ${id} END` : sql`a.attraction_id`;
    const joined = options.areVisited ? sql`` : sql` LEFT JOIN ${attractions} a ON ${samePark}a.poi_id = l.poi_id`;
    const matches = frame(`visit_matches${suffix}`)`
SELECT ${key}l.park, l.photo_id, l.user_id, l.taken, l.poi_id, l.sequence_id, ${found} AS attraction_id${own}
FROM ${given} l${joined}`;
    const badTime = isParsed
      ? sql`taken_ms IS NULL OR taken_ms NOT BETWEEN ${earliest} AND ${last}`
      : sql`NOT ${isWholeNumber(sql`taken`)} OR try_cast(taken AS BIGINT) NOT BETWEEN ${earliest} AND ${last}`;
    const badSequence = isParsed
      ? sql``
      : sql`
    WHEN NOT ${isWholeNumber(sql`sequence_id`)} THEN 'sequence'`;
    const badEvent = events
      ? sql`
    WHEN event IS NULL OR event NOT IN (${sql.join(
      Object.keys(events).map((event) => sql`${event}`),
      ', ',
    )}) THEN 'event'`
      : sql``;
    const badWeight = hasWeights
      ? sql`${badEvent}
    WHEN weight IS NULL OR NOT abs(weight) <= ${MAX_WEIGHT} THEN 'weight'`
      : sql``;
    return frame(`visit_checks${suffix}`)`
SELECT l.*, CASE WHEN photo_id = '' THEN 'photo'
    WHEN user_id = '' THEN 'user'
    WHEN ${badTime} THEN 'taken'
    WHEN attraction_id IS NULL THEN 'poi'${badSequence}${badWeight} END AS fault
FROM ${matches} l`;
  };
  const soundOf = (suffix: string, checked: Frame, key: Sql): Frame => frame(`visit_sound${suffix}`)`
SELECT ${key}l.park, l.photo_id, l.user_id, l.attraction_id, ${isParsed ? sql`taken_ms` : sql`try_cast(taken AS BIGINT)`} AS taken,
  ${isParsed && !hasNoSequences ? sql`sequence_id` : sql`try_cast(sequence_id AS BIGINT)`} AS sequence${weight}
FROM ${checked} l WHERE fault IS NULL`;

  const key = sql`l.file_number, l.line, `;
  const checks = checksOf('', lines, key);
  const sound = soundOf('', checks, key);

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
SELECT s.file_number, s.line, s.park, s.user_id, s.attraction_id, s.taken, s.sequence${weight}
FROM ${sound} s ANTI JOIN ${repeats} r ON r.file_number = s.file_number AND r.line = s.line`;

  // Without photo ids no line repeats another one, and nothing depends on the order of lines.
  const plain =
    unnumbered && !hasPhotos ? soundOf('_unnumbered', checksOf('_unnumbered', unnumbered, sql``), sql``) : undefined;
  const kept = plain ?? (hasPhotos ? photos : sound);
  const park = extract.hasParks === false ? sql`` : sql`park, `;
  const visits = visitsOfPhotos(kept, {
    gap,
    order: plain ? sql`` : sql`, file_number, line`,
    hasWeights,
    park,
    parkOfVisit: options.idsAreGlobal ? park : sql``,
    given: hasSequences ? 'all' : hasNoSequences ? 'none' : 'some',
    isText: isParsed,
    timestamp: (taken) => (timeUnit === 'seconds' ? sql`timestamp_seconds(${taken})` : sql`timestamp_millis(${taken})`),
  });

  const unit = isParsed ? '' : `, in ${timeUnit} since 1970`;
  const range = ` is not a time from ${day(EARLIEST_TAKEN)} to ${day(latest)}${unit}.`;
  const unread = isParsed ? sql`c.taken_ms IS NULL` : sql`NOT regexp_like(c.taken, '^-?[0-9]{1,15}$')`;
  const unreadReason = timeFault ?? ` is not a whole number of ${timeUnit} since 1970.`;
  const time = isParsed ? sql`c.taken_ms` : sql`try_cast(c.taken AS BIGINT)`;
  const faults = frame('visit_faults')`
SELECT c.file_number, c.line, c.fault, CASE WHEN c.fault = 'taken' AND ${time} > ${last} THEN ${time} END AS due,
  CASE c.fault WHEN 'photo' THEN 'The photo id is empty.'
    WHEN 'user' THEN 'The user id is empty.'
    WHEN 'taken' THEN ${shown(sql`c.taken`)} || CASE WHEN ${unread} THEN ${unreadReason} ELSE ${range} END
    WHEN 'poi' THEN CASE WHEN c.poi_id = '' AND ${isParsed} THEN 'The attraction id is empty.'
      WHEN p.park IS NULL AND NOT ${options.idsAreGlobal === true} THEN f.unknown_park
      WHEN c.park = '' OR ${options.idsAreGlobal === true} THEN 'There is no attraction ' || ${shown(sql`c.poi_id`)} || '.'
      ELSE 'The park has no attraction ' || ${shown(sql`c.poi_id`)} || '.' END
    ${
      hasWeights
        ? sql`WHEN 'event' THEN 'The event ' || ${shown(sql`coalesce(c.event, '')`)} || ' has no weight in the setting events.'
    WHEN 'weight' THEN ${shown(sql`c.weight_text`)} || ' is not a number.'`
        : sql``
    }
    ELSE ${shown(sql`c.sequence_id`)} || ' is not the number of a travel sequence.' END AS reason
FROM ${checks} c
JOIN ${files} f ON f.file_number = c.file_number
LEFT JOIN (SELECT DISTINCT park FROM ${parks}) p ON p.park = c.park
WHERE c.fault IS NOT NULL`;
  const repeated = sql`
UNION ALL
SELECT file_number, line,
  CASE WHEN user_id <> first_user THEN 'user' WHEN attraction_id <> first_attraction THEN 'poi' ELSE 'taken' END,
  CAST(NULL AS BIGINT) AS due,
  CASE WHEN user_id <> first_user THEN 'The photo ' || ${shown(sql`photo_id`)} || ' is one of user ' || ${shown(sql`first_user`)} || ' already.'
    WHEN attraction_id <> first_attraction
      THEN 'The photo ' || ${shown(sql`photo_id`)} || ' is one of attraction ' || ${shown(sql`first_attraction`)} || ' already.'
    WHEN taken <> first_taken
      THEN 'The photo ' || ${shown(sql`photo_id`)} || ' was taken at ' || CAST(first_taken AS VARCHAR(20)) || ' already.' END
FROM ${repeats}`;

  const column = rawName(sql`x.fault`, [
    'photo',
    'user',
    'taken',
    'poi',
    'sequence',
    ...(hasWeights ? ['event', 'weight'] : []),
  ]);
  const exceptions = frame('visit_exceptions')`
SELECT x.file_number, x.line, ${column} AS column_name, x.reason, x.due
FROM (SELECT * FROM ${faults} ${hasPhotos ? repeated : sql``}) x
JOIN ${files} f ON f.file_number = x.file_number`;
  const rows: PhotoRows = {
    photos: kept,
    unitMs: perUnit,
    gap,
    hasNoSequences: hasNoSequences === true,
    hasParks: extract.hasParks !== false,
  };
  return { visits, rows, exceptions, hasWeights };
}

/** A weight that is larger is a defect of the data; sums of smaller ones fit a float. */
const MAX_WEIGHT = 1e9;

/** The weight of a line: that of its event times its own, each 1 where there is none; NULL where it is not a number. */
function weightOf(events: VisitsOptions['events']): Sql {
  // Java takes a letter behind a number for its type.
  const own = sql`CASE WHEN coalesce(l.weight, '') = '' THEN 1e0 WHEN NOT regexp_like(l.weight, '[dDfF] *$') THEN try_cast(l.weight AS DOUBLE) END`;
  const cases = Object.entries(events ?? {}).map(
    ([event, weight]) => sql`WHEN ${event} THEN CAST(${weight} AS DOUBLE)`,
  );
  return cases.length === 0 ? own : sql`CASE l.event ${sql.join(cases, ' ')} ELSE 1e0 END * ${own}`;
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}
