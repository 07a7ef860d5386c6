import type { Attraction } from '@attractions/contracts';
import type { Row } from './engine/engine.js';
import { frame, sql } from './frame/frame.js';
import type { Frame } from './frame/frame.js';
import { decimalNumber, rawName, shown } from './frame/portable.js';

/** What a source extracts of attractions: nothing is judged or typed yet. */
export interface AttractionsExtract {
  /**
   * One row a line: `file_number, line` (its key), `park` ('' where there is only one), `poi_id, name, latitude, longitude, duration`
   * (all text, '' where empty, NULL if the file does not have the column) and `themes`, joined with `|`.
   */
  readonly lines: Frame;
  /** One row a file: `file_number`, and the raw names of its columns: `poi_column, name_column, …`, NULL where it has none. */
  readonly files: Frame;
  /** One row a line as it stands in the raw data: `file_number, line` (its key), `file, file_line, text`. Absent where the source locates lines. */
  readonly places?: Frame;
  /** Whether ids are unique over all parks, and stand as they are; default: false. */
  readonly idsAreGlobal?: boolean;
  /** Has a column `park` with every park that attractions are given for; repeats do not matter. */
  readonly parks: Frame;
}

/** What attractions come to. */
export interface AttractionsFrames {
  /** Every line with what is wrong with it; the other two are cheap to make of it. */
  readonly checks: Frame;
  /** One row an attraction: `attraction_id, park, poi_id, name, latitude, longitude, duration_minutes, themes, file_number, line`. */
  readonly attractions: Frame;
  /** One row a refused line or cell: `file_number, line` (its key), `column_name, reason`, and `is_cell`, true where the line itself was kept. */
  readonly rejects: Frame;
}

/** The longest ride taken, in minutes: a day. */
const MAX_DURATION_MINUTES = 1_440;

const COLUMNS = ['poi', 'name', 'latitude', 'longitude', 'duration'];

/**
 * Makes attractions of extracted lines, with ids that are unique over all parks: `park:poi`, or the raw id where there is one park without
 * a name. A line without id or name is refused, and so is one whose id its park has already. A coordinate or duration that is not a
 * number, or out of range, costs the attraction that cell only: its visits are still worth having. Composes; reads nothing.
 */
export function transformAttractions({ lines, files, idsAreGlobal = false }: AttractionsExtract): AttractionsFrames {
  const key = idsAreGlobal ? sql`poi_id` : sql`park, poi_id`;
  const values = frame('attraction_values')`
SELECT file_number, line, park, poi_id, name, latitude, longitude, duration, themes,
  ${decimalNumber(sql`latitude`)} AS latitude_degrees,
  ${decimalNumber(sql`longitude`)} AS longitude_degrees,
  ${decimalNumber(sql`duration`)} AS minutes,
  row_number() OVER (PARTITION BY ${key} ORDER BY CASE WHEN name = '' THEN 1 ELSE 0 END, file_number, line) AS place
FROM ${lines}`;

  // `*_fault` is NULL where all is well. An empty cell is not at fault: it was not given.
  const checks = frame('attraction_checks')`
SELECT file_number, line, park, poi_id, name, latitude, longitude, duration, themes,
  latitude_degrees, longitude_degrees, minutes,
  CASE WHEN poi_id = '' THEN 'poi' WHEN name = '' THEN 'name' WHEN place > 1 THEN 'poi' END AS line_fault,
  CASE WHEN latitude <> '' AND coalesce(latitude_degrees NOT BETWEEN -90 AND 90, true) THEN 'latitude' END AS latitude_fault,
  CASE WHEN longitude <> '' AND coalesce(longitude_degrees NOT BETWEEN -180 AND 180, true) THEN 'longitude' END AS longitude_fault,
  CASE WHEN duration <> '' AND coalesce(minutes <= 0 OR minutes > ${MAX_DURATION_MINUTES}, true) THEN 'duration' END AS duration_fault
FROM ${values}`;

  const attractions = frame('attractions')`
SELECT CASE WHEN park = '' OR ${idsAreGlobal} THEN poi_id ELSE park || ':' || poi_id END AS attraction_id, park, poi_id, name,
  CASE WHEN latitude_fault IS NULL THEN latitude_degrees END AS latitude,
  CASE WHEN longitude_fault IS NULL THEN longitude_degrees END AS longitude,
  CASE WHEN duration_fault IS NULL THEN minutes END AS duration_minutes,
  themes, file_number, line
FROM ${checks}
WHERE line_fault IS NULL`;

  const faults = frame('attraction_faults')`
SELECT file_number, line, line_fault AS fault, false AS is_cell,
  CASE WHEN line_fault = 'name' THEN 'The attraction has no name.'
    WHEN poi_id = '' THEN 'The attraction has no id.'
    WHEN park = '' OR ${idsAreGlobal} THEN 'There is an attraction ' || ${shown(sql`poi_id`)} || ' already; the first one is kept.'
    ELSE 'The park has an attraction ' || ${shown(sql`poi_id`)} || ' already; the first one is kept.' END AS reason
FROM ${checks} WHERE line_fault IS NOT NULL
UNION ALL
SELECT file_number, line, latitude_fault, true,
  ${shown(sql`latitude`)} || ' is not a latitude from -90 to 90 degrees; the attraction is kept without it.'
FROM ${checks} WHERE line_fault IS NULL AND latitude_fault IS NOT NULL
UNION ALL
SELECT file_number, line, longitude_fault, true,
  ${shown(sql`longitude`)} || ' is not a longitude from -180 to 180 degrees; the attraction is kept without it.'
FROM ${checks} WHERE line_fault IS NULL AND longitude_fault IS NOT NULL
UNION ALL
SELECT file_number, line, duration_fault, true,
  ${shown(sql`duration`)} || ${` is not a duration of up to ${MAX_DURATION_MINUTES} minutes; the attraction is kept without it.`}
FROM ${checks} WHERE line_fault IS NULL AND duration_fault IS NOT NULL`;

  const rejects = frame('attraction_rejects')`
SELECT x.file_number, x.line, ${rawName(sql`x.fault`, COLUMNS)} AS column_name, x.reason, x.is_cell
FROM ${faults} x JOIN ${files} f ON f.file_number = x.file_number`;

  return { checks, attractions, rejects };
}

/** Attractions without a file of their own: what is visited, named by its id. Takes the lines of visits, numbered or not. */
export function visitedAttractions(visitLines: Frame, idsAreGlobal = false): AttractionsExtract {
  // Of an id in several parks that is the same attraction in all of them, one park.
  const visited = idsAreGlobal
    ? sql`SELECT min(park) AS park, poi_id FROM ${visitLines} WHERE poi_id <> '' GROUP BY poi_id`
    : sql`SELECT DISTINCT park, poi_id FROM ${visitLines} WHERE poi_id <> ''`;
  const lines = frame('attraction_lines')`
SELECT 0 AS file_number, row_number() OVER (ORDER BY park, poi_id) AS line, park, poi_id, poi_id AS name,
  '' AS latitude, '' AS longitude, '' AS duration, '' AS themes
FROM (${visited}) visited`;
  const columns = COLUMNS.map((column) => sql`'' AS ${sql.identifier(`${column}_column`)}`);
  const files = frame('attraction_files')`SELECT 0 AS file_number, ${sql.join(columns, ', ')}`;
  const places = frame('attraction_places')`
SELECT file_number, line, '' AS file, line AS file_line, poi_id AS text FROM ${lines}`;
  return { lines, files, places, parks: lines, idsAreGlobal };
}

/** A row of the frame of attractions. */
export function toAttraction(row: Row): Attraction {
  const themes = String(row['themes']);
  return {
    attractionId: String(row['attraction_id']),
    park: String(row['park']),
    name: String(row['name']),
    ...optional('latitude', row['latitude']),
    ...optional('longitude', row['longitude']),
    ...optional('durationMinutes', row['duration_minutes']),
    themes: themes === '' ? [] : themes.split('|'),
  };
}

function optional<K extends string>(key: K, value: unknown): Partial<Record<K, number>> {
  const known: Partial<Record<K, number>> = {};
  if (typeof value === 'number') known[key] = value;
  return known;
}
