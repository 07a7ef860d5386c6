import { frame } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import { decimalNumber, headerName, shown } from '../frame/portable.js';
import type { AttractionsExtract } from './reader.js';

/** What attractions files come to. */
export interface AttractionsFrames {
  /** Every line with what is wrong with it; the other two are cheap to make of it. */
  readonly checks: Frame;
  /** One row an attraction: `attraction_id, park, poi_id, name, latitude, longitude, duration_minutes, themes, file_number, line`. */
  readonly attractions: Frame;
  /** One row a refused line or cell: `file, line, column_name, reason, text`, and `is_cell`, true where the line itself was kept. */
  readonly rejects: Frame;
  /** One row a file: `park` and more. */
  readonly files: Frame;
}

/** The longest ride taken, in minutes: a day. */
const MAX_DURATION_MINUTES = 1_440;

/**
 * Makes attractions of extracted lines, with ids that are unique over all parks: `park:poi`. A line without id or name is
 * refused, and so is one whose id its park has already. A coordinate or duration that is no number, or out of range,
 * costs the attraction that cell and no more: its visits are still worth having. Composes; reads nothing.
 */
export class AttractionsTransformer {
  transform({ lines, files, text }: AttractionsExtract): AttractionsFrames {
    const values = frame('attraction_values', VALUES, lines);
    const checks = frame('attraction_checks', CHECKS, values);
    const attractions = frame('attractions', ATTRACTIONS, checks);
    const faults = frame('attraction_faults', FAULTS, checks);
    const rejects = frame('attraction_rejects', REJECTS, faults, files, text);
    return { checks, attractions, rejects, files };
  }
}

const VALUES = `
SELECT file_number, line, park, poi_id, name, latitude, longitude, duration, themes,
  ${decimalNumber('latitude')} AS latitude_degrees,
  ${decimalNumber('longitude')} AS longitude_degrees,
  ${decimalNumber('duration')} AS minutes,
  row_number() OVER (PARTITION BY park, poi_id ORDER BY CASE WHEN name = '' THEN 1 ELSE 0 END, file_number, line) AS place
FROM attraction_lines`;

/** `*_fault` is NULL where all is well; a cell that is empty is no fault, but a cell that was not given. */
const CHECKS = `
SELECT file_number, line, park, poi_id, name, latitude, longitude, duration, themes,
  latitude_degrees, longitude_degrees, minutes,
  CASE WHEN poi_id = '' THEN 'poi' WHEN name = '' THEN 'name' WHEN place > 1 THEN 'poi' END AS line_fault,
  CASE WHEN latitude <> '' AND coalesce(latitude_degrees NOT BETWEEN -90 AND 90, true) THEN 'latitude' END AS latitude_fault,
  CASE WHEN longitude <> '' AND coalesce(longitude_degrees NOT BETWEEN -180 AND 180, true) THEN 'longitude' END AS longitude_fault,
  CASE WHEN duration <> '' AND coalesce(minutes <= 0 OR minutes > ${MAX_DURATION_MINUTES}, true) THEN 'duration' END AS duration_fault
FROM attraction_values`;

const ATTRACTIONS = `
SELECT park || ':' || poi_id AS attraction_id, park, poi_id, name,
  CASE WHEN latitude_fault IS NULL THEN latitude_degrees END AS latitude,
  CASE WHEN longitude_fault IS NULL THEN longitude_degrees END AS longitude,
  CASE WHEN duration_fault IS NULL THEN minutes END AS duration_minutes,
  themes, file_number, line
FROM attraction_checks
WHERE line_fault IS NULL`;

const FAULTS = `
SELECT file_number, line, line_fault AS fault, false AS is_cell,
  CASE WHEN line_fault = 'name' THEN 'The attraction has no name.'
    WHEN poi_id = '' THEN 'The attraction has no id.'
    ELSE 'The park has an attraction ' || ${shown('poi_id')} || ' already; the first one is kept.' END AS reason
FROM attraction_checks WHERE line_fault IS NOT NULL
UNION ALL
SELECT file_number, line, latitude_fault, true,
  ${shown('latitude')} || ' is not a latitude from -90 to 90 degrees; the attraction is kept without it.'
FROM attraction_checks WHERE line_fault IS NULL AND latitude_fault IS NOT NULL
UNION ALL
SELECT file_number, line, longitude_fault, true,
  ${shown('longitude')} || ' is not a longitude from -180 to 180 degrees; the attraction is kept without it.'
FROM attraction_checks WHERE line_fault IS NULL AND longitude_fault IS NOT NULL
UNION ALL
SELECT file_number, line, duration_fault, true,
  ${shown('duration')} || ' is not a duration of up to ${MAX_DURATION_MINUTES} minutes; the attraction is kept without it.'
FROM attraction_checks WHERE line_fault IS NULL AND duration_fault IS NOT NULL`;

const REJECTS = `
SELECT f.file, x.line, ${headerName('x.fault', 'f', ['poi', 'name', 'latitude', 'longitude', 'duration'])} AS column_name,
  x.reason, t.text, x.is_cell
FROM attraction_faults x
JOIN attraction_files f ON f.file_number = x.file_number
JOIN attraction_text t ON t.file_number = x.file_number AND t.line = x.line`;
