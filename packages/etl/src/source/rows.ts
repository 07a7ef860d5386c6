import { createHash } from 'node:crypto';
import type { Reject } from '@attractions/contracts';
import type { AttractionsExtract } from '../attractions.js';
import type { TableColumns, TableRow } from '../engine/engine.js';
import { EtlError } from '../errors.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import type {
  AttractionRow,
  Delivered,
  DeliveredVisits,
  RefusedRow,
  RowPlace,
  SourceContext,
  VisitRow,
} from './source.js';

const BATCH_ROWS = 10_000;
const MAX_LINE = 2 ** 31 - 1;

/** What every table of rows has besides the columns of its kind. */
const PLACE_COLUMNS: TableColumns = { line: 'bigint', file: 'text', file_line: 'bigint', text: 'text' };

const VISIT_COLUMNS: TableColumns = {
  ...PLACE_COLUMNS,
  park: 'text',
  photo_id: 'text',
  user_id: 'text',
  taken: 'text',
  poi_id: 'text',
  sequence_id: 'text',
  event: 'text',
  weight: 'text',
};

const ATTRACTION_COLUMNS: TableColumns = {
  ...PLACE_COLUMNS,
  park: 'text',
  poi_id: 'text',
  name: 'text',
  latitude: 'text',
  longitude: 'text',
  duration: 'text',
  themes: 'text',
};

/** Reads a source's rows of visits into the engine. */
export async function visitsOfRows(
  type: string,
  rows: AsyncIterable<VisitRow | RefusedRow>,
  context: SourceContext,
): Promise<DeliveredVisits> {
  const given = { sequences: 0, events: 0, weights: 0, parks: 0 };
  const stored = await storeRows('visit_rows', VISIT_COLUMNS, type, rows, context, (row) => {
    const taken = millisOf(row.time);
    if (taken === undefined) {
      const shown = typeof row.time === 'string' ? `'${row.time.slice(0, 80)}'` : String(row.time);
      return {
        column: 'time',
        refused: `${shown} is not a time; give a Date, an ISO 8601 text or milliseconds since 1970.`,
      };
    }
    if (isGiven(row.sequence)) given.sequences++;
    if (isGiven(row.event)) given.events++;
    if (isGiven(row.weight)) given.weights++;
    if ((row.park ?? '') !== '') given.parks++;
    return [
      row.park ?? '',
      orNull(row.photo),
      orEmpty(row.user),
      String(taken),
      orEmpty(row.attraction),
      orNull(row.sequence),
      orEmpty(row.event),
      decimalText(row.weight),
    ];
  });
  const names = sql`'photo' AS photo_column, 'user' AS user_column, 'time' AS taken_column, 'attraction' AS poi_column, 'sequence' AS sequence_column, 'event' AS event_column, 'weight' AS weight_column`;
  const extract = {
    lines: frame('visit_lines')`
SELECT 0 AS file_number, line, park, photo_id, user_id, taken, poi_id, sequence_id, event, weight FROM ${stored.table}`,
    files: frame('visit_files')`
SELECT 0 AS file_number, ${names}, ${'No attraction of the park is known.'} AS unknown_park`,
    places: placesFrame('visit_places', stored.table),
    timeUnit: 'milliseconds' as const,
    hasSequences: given.sequences === stored.rows,
    hasEvents: given.events > 0,
    hasWeights: given.weights > 0,
    hasParks: given.parks > 0,
  };
  return { extract, rows: stored.rows, faults: stored.faults, files: stored.files };
}

/** Reads a source's rows of attractions into the engine. */
export async function attractionsOfRows(
  type: string,
  rows: AsyncIterable<AttractionRow | RefusedRow>,
  context: SourceContext,
): Promise<Delivered<AttractionsExtract>> {
  const stored = await storeRows('attraction_rows', ATTRACTION_COLUMNS, type, rows, context, (row) => [
    row.park ?? '',
    orEmpty(row.attraction),
    row.name ?? orEmpty(row.attraction),
    decimalText(row.latitude),
    decimalText(row.longitude),
    decimalText(row.durationMinutes),
    (row.themes ?? []).join('|'),
  ]);
  const lines = frame('attraction_lines')`
SELECT 0 AS file_number, line, park, poi_id, name, latitude, longitude, duration, themes FROM ${stored.table}`;
  const names = sql`'attraction' AS poi_column, 'name' AS name_column, 'latitude' AS latitude_column, 'longitude' AS longitude_column, 'durationMinutes' AS duration_column`;
  const extract = {
    lines,
    files: frame('attraction_files')`SELECT 0 AS file_number, ${names}`,
    places: placesFrame('attraction_places', stored.table),
    parks: lines,
  };
  return { extract, rows: stored.rows, faults: stored.faults, files: stored.files };
}

function placesFrame(name: string, table: Frame): Frame {
  return frame(name)`SELECT 0 AS file_number, line, file, file_line, text FROM ${table}`;
}

/** Stores rows as a table, and keeps count. `cells` gives the columns of the kind, or why a row is refused. */
async function storeRows<Row extends RowPlace>(
  name: string,
  columns: TableColumns,
  type: string,
  rows: AsyncIterable<Row | RefusedRow>,
  { engine, signal }: SourceContext,
  cells: (row: Row) => TableRow | RefusedRow,
) {
  const faults: Reject[] = [];
  const hash = createHash('sha256');
  let number = 0;
  let bytes = 0;

  async function* batches(): AsyncGenerator<readonly TableRow[]> {
    let batch: TableRow[] = [];
    for await (const row of rows) {
      number++;
      const place = placeOf(type, row, number);
      const encoded = Buffer.from(`${place.text}\n`);
      hash.update(encoded);
      bytes += encoded.length;
      const made = isRefused(row) ? row : cells(row);
      if (isRefused(made)) {
        faults.push({ ...place, column: made.column ?? '', reason: made.refused });
        continue;
      }
      batch.push([number, place.file, place.line, place.text, ...made]);
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  const table = await engine.table(name, columns, batches(), signal ? { signal } : {});
  const files = [{ path: type, bytes, sha256: hash.digest('hex') }];
  return { table, rows: number - faults.length, faults, files };
}

function placeOf(type: string, row: RowPlace, number: number): Required<RowPlace> {
  if (typeof row !== 'object' || row === null)
    throw new EtlError(
      'ETL_SOURCE_FAILED',
      `The source '${type}' gave ${String(row)} as row ${number}; give an object.`,
    );
  const { file = type, line = number, text = JSON.stringify(row) } = row;
  if (!Number.isInteger(line) || line < 1 || line > MAX_LINE)
    throw new EtlError(
      'ETL_SOURCE_FAILED',
      `The source '${type}' gave row ${number} the line ${line}; lines count from 1.`,
    );
  return { file, line, text };
}

function isRefused(row: object): row is RefusedRow {
  return 'refused' in row;
}

function isGiven(value: string | number | undefined | null): value is string | number {
  return value !== undefined && value !== null;
}

function orNull(value: string | number | undefined | null): string | null {
  return isGiven(value) ? String(value) : null;
}

function orEmpty(value: string | number | undefined | null): string {
  return isGiven(value) ? String(value) : '';
}

/** A number as digits and a point, never with an exponent. */
function decimalText(value: string | number | undefined | null): string {
  if (typeof value !== 'number' || !/e/.test(String(value))) return orEmpty(value);
  return value.toFixed(20);
}

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** Milliseconds since 1970, or undefined where it is not a time. */
function millisOf(time: VisitRow['time'] | null | undefined): number | undefined {
  let millis = NaN;
  if (time instanceof Date) millis = time.getTime();
  else if (typeof time === 'number') millis = time;
  else if (typeof time === 'string') {
    const match = ISO.exec(time.trim());
    // A date alone is UTC already; a date with a time but no offset would be taken as this machine's own.
    if (match) millis = Date.parse(time.trim().replace(' ', 'T') + (match[1] || time.trim().length === 10 ? '' : 'Z'));
  }
  return Number.isFinite(millis) ? Math.floor(millis) : undefined;
}
