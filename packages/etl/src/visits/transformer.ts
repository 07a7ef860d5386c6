import { frame } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import { headerName, isWholeNumber, shown } from '../frame/portable.js';
import type { VisitsExtract } from './reader.js';

/** What the transformer needs to know besides the lines. */
export interface VisitsTransformerOptions {
  /** Where a file has no sequences: a gap of this many hours or more between a user's photos in a park starts a new one. */
  readonly sequenceGapHours: number;
  /** Photos taken after this are refused. */
  readonly latest: Date;
}

/** What is known of attractions when visits are transformed. */
export interface KnownAttractions {
  /** Has `attraction_id, park, poi_id`. */
  readonly attractions: Frame;
  /** The attractions files; has `park`. */
  readonly files: Frame;
}

/** What visits files come to. */
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
 * Unix time 0 is a clock that was never set, and what lies before it are archive pictures, of which the city files have some back to
 * 1903: none of them was a visit of the person who put it on Flickr. A scan of one's own old photo is.
 */
export const EARLIEST_TAKEN = new Date('1970-01-01T00:00:01Z');

/**
 * Makes visits of extracted lines: a visit is a distinct (user, park, attraction, travel sequence), begun with its first
 * photo. A photo id that repeats is one photo, the first in order of files and lines; a repeat that names another user,
 * attraction or time is refused. Composes; reads nothing.
 */
export class VisitsTransformer {
  readonly #gapSeconds: number;
  readonly #latest: Date;

  constructor({ sequenceGapHours, latest }: VisitsTransformerOptions) {
    this.#gapSeconds = Math.round(sequenceGapHours * 3_600);
    this.#latest = latest;
  }

  transform({ lines, files, text, hasSequences }: VisitsExtract, known: KnownAttractions): VisitsFrames {
    const matches = frame('visit_matches', MATCHES, lines, known.attractions);
    const checks = frame('visit_checks', checksSql(this.#latest), matches);
    const sound = frame('visit_sound', SOUND, checks);
    const repeats = frame('visit_repeats', REPEATS, sound);
    const photos = frame('visit_photos', PHOTOS, sound, repeats);
    const sequenced = hasSequences ? photos : frame('visit_sequenced', sequencedSql(this.#gapSeconds), photos);
    const visits = frame('visits', visitsSql(sequenced.name), sequenced);

    const faults = frame('visit_faults', faultsSql(this.#latest), checks, repeats, known.files);
    const exceptions = frame('visit_exceptions', EXCEPTIONS, faults, files, text);
    return { visits, exceptions };
  }
}

const MATCHES = `
SELECT l.file_number, l.line, l.park, l.photo_id, l.user_id, l.taken, l.poi_id, l.sequence_id, a.attraction_id
FROM visit_lines l LEFT JOIN attractions a ON a.park = l.park AND a.poi_id = l.poi_id`;

/** `fault` names the first column that is at fault. A file without sequences has NULL in `sequence_id`. */
function checksSql(latest: Date): string {
  const range = `${unixSeconds(EARLIEST_TAKEN)} AND ${unixSeconds(latest)}`;
  return `
SELECT file_number, line, park, photo_id, user_id, taken, poi_id, sequence_id, attraction_id,
  CASE WHEN photo_id = '' THEN 'photo'
    WHEN user_id = '' THEN 'user'
    WHEN NOT ${isWholeNumber('taken')} OR try_cast(taken AS BIGINT) NOT BETWEEN ${range} THEN 'taken'
    WHEN attraction_id IS NULL THEN 'poi'
    WHEN NOT ${isWholeNumber('sequence_id')} THEN 'sequence' END AS fault
FROM visit_matches`;
}

const SOUND = `
SELECT file_number, line, park, photo_id, user_id, attraction_id,
  try_cast(taken AS BIGINT) AS seconds, try_cast(sequence_id AS BIGINT) AS sequence
FROM visit_checks WHERE fault IS NULL`;

/** Every appearance of a photo but its first. Grouping finds the few photos that repeat; only they are sorted. */
const REPEATS = `
SELECT file_number, line, photo_id, user_id, attraction_id, seconds, first_user, first_attraction, first_seconds
FROM (
  SELECT s.file_number, s.line, s.photo_id, s.user_id, s.attraction_id, s.seconds,
    row_number() OVER w AS place,
    first_value(s.user_id) OVER w AS first_user,
    first_value(s.attraction_id) OVER w AS first_attraction,
    first_value(s.seconds) OVER w AS first_seconds
  FROM visit_sound s
  SEMI JOIN (SELECT photo_id FROM visit_sound GROUP BY photo_id HAVING count(*) > 1) r ON r.photo_id = s.photo_id
  WINDOW w AS (PARTITION BY s.photo_id ORDER BY s.file_number, s.line)
) appearances
WHERE place > 1`;

const PHOTOS = `
SELECT s.file_number, s.line, s.park, s.user_id, s.attraction_id, s.seconds, s.sequence
FROM visit_sound s ANTI JOIN visit_repeats r ON r.file_number = s.file_number AND r.line = s.line`;

/** Derived sequences count down from -1, so they never meet those of a file of the same park, which are not negative. */
function sequencedSql(gapSeconds: number): string {
  return `
SELECT user_id, attraction_id, seconds, sequence FROM visit_photos WHERE sequence IS NOT NULL
UNION ALL
SELECT user_id, attraction_id, seconds, CAST(-sum(starts) OVER (
    PARTITION BY park, user_id ORDER BY seconds, file_number, line ROWS UNBOUNDED PRECEDING) AS BIGINT)
FROM (
  SELECT file_number, line, park, user_id, attraction_id, seconds,
    CASE WHEN seconds - lag(seconds) OVER (PARTITION BY park, user_id ORDER BY seconds, file_number, line) < ${gapSeconds}
      THEN 0 ELSE 1 END AS starts
  FROM visit_photos WHERE sequence IS NULL
) gaps`;
}

function visitsSql(photos: string): string {
  return `
SELECT user_id, attraction_id, timestamp_seconds(min(seconds)) AS visited_at, CAST(count(*) AS INT) AS photos
FROM ${photos} GROUP BY user_id, attraction_id, sequence`;
}

function faultsSql(latest: Date): string {
  return `
SELECT c.file_number, c.line, c.fault,
  CASE c.fault WHEN 'photo' THEN 'The photo id is empty.'
    WHEN 'user' THEN 'The user id is empty.'
    WHEN 'taken' THEN CASE WHEN NOT regexp_like(c.taken, '^-?[0-9]{1,15}$') THEN ${shown('c.taken')} || ' is not a whole number of seconds since 1970.'
      ELSE ${shown('c.taken')} || ' is not a time from ${day(EARLIEST_TAKEN)} to ${day(latest)}, in seconds since 1970.' END
    WHEN 'poi' THEN CASE WHEN p.park IS NULL THEN 'There is no POI-' || c.park || '.csv, so no attraction of the park is known.'
      ELSE 'The park has no attraction ' || ${shown('c.poi_id')} || '.' END
    ELSE ${shown('c.sequence_id')} || ' is not the number of a travel sequence.' END AS reason
FROM visit_checks c LEFT JOIN (SELECT DISTINCT park FROM attraction_files) p ON p.park = c.park
WHERE c.fault IS NOT NULL
UNION ALL
SELECT file_number, line,
  CASE WHEN user_id <> first_user THEN 'user' WHEN attraction_id <> first_attraction THEN 'poi' ELSE 'taken' END,
  CASE WHEN user_id <> first_user THEN 'The photo ' || ${shown('photo_id')} || ' is one of user ' || ${shown('first_user')} || ' already.'
    WHEN attraction_id <> first_attraction
      THEN 'The photo ' || ${shown('photo_id')} || ' is one of attraction ' || ${shown('first_attraction')} || ' already.'
    WHEN seconds <> first_seconds
      THEN 'The photo ' || ${shown('photo_id')} || ' was taken at ' || CAST(first_seconds AS VARCHAR(20)) || ' already.' END
FROM visit_repeats`;
}

const EXCEPTIONS = `
SELECT f.file, x.line, ${headerName('x.fault', 'f', ['photo', 'user', 'taken', 'poi', 'sequence'])} AS column_name, x.reason, t.text
FROM visit_faults x
JOIN visit_files f ON f.file_number = x.file_number
JOIN visit_text t ON t.file_number = x.file_number AND t.line = x.line`;

function unixSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}
