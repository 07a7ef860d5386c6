import type { Attraction, Reject, VisitsTable } from '@attractions/contracts';
import type { Row } from './engine/engine.js';
import { EtlError } from './errors.js';

/** What became of the lines. `rows = kept + duplicates + rejected`, always. */
export interface Tally {
  /** Raw files, of visits and attractions. */
  readonly files: number;
  /** Lines of visits, without headers and blank lines. */
  readonly rows: number;
  /** Photos that are in a visit. */
  readonly kept: number;
  /** Lines that repeat a kept photo and say the same of it. */
  readonly duplicates: number;
  /** Lines of visits that were refused. */
  readonly rejected: number;
  readonly visits: number;
  readonly users: number;
  readonly attractions: number;
  /** Parks that have attractions. */
  readonly parks: number;
}

/** What the sources say they delivered: what the results are held to. */
export interface DeliveredLines {
  readonly files: number;
  /** Lines of visits in frames. */
  readonly visitRows: number;
  /** Lines of visits that the source could not read. */
  readonly visitFaults: number;
  /** Lines of attractions in frames; undefined where attractions are what is visited. */
  readonly attractionRows?: number;
}

/** What came out as visits. */
export interface VisitCounts {
  readonly visits: number;
  readonly users: number;
  readonly photos: number;
}

/** Lines that the transformers left out. */
export interface LinesLeftOut {
  readonly refused: number;
  readonly repeated: number;
  readonly refusedAttractions: number;
}

/**
 * Adds up what became of the lines, and holds it to the lines that the sources counted: they count apart from the frames, so a sum that
 * fits is evidence.
 * @throws EtlError ETL_LINES_LOST where a line is not accounted for.
 */
export function tally(
  lines: DeliveredLines,
  { visits, users, photos: kept }: VisitCounts,
  attractions: readonly Attraction[],
  leftOut: LinesLeftOut,
): Tally {
  const { files, visitRows, visitFaults, attractionRows } = lines;
  hold('visit', visitRows, kept + leftOut.repeated + leftOut.refused);
  if (attractionRows !== undefined) hold('attraction', attractionRows, attractions.length + leftOut.refusedAttractions);
  return {
    files,
    rows: visitRows + visitFaults,
    kept,
    duplicates: leftOut.repeated,
    rejected: visitFaults + leftOut.refused,
    visits,
    users,
    attractions: attractions.length,
    parks: new Set(attractions.map(({ park }) => park)).size,
  };
}

/** Photos in all visits. */
export function photosOf(visits: VisitsTable): number {
  let photos = 0;
  for (const count of visits.getChild('photos') ?? []) photos += count ?? 0;
  return photos;
}

/** A row of a frame with `file, line, column_name, reason, text`. */
export function toReject(row: Row): Reject {
  return {
    file: String(row['file']),
    line: Number(row['line']),
    column: String(row['column_name']),
    reason: String(row['reason']),
    text: String(row['text']),
  };
}

/** In order of files, lines and columns. */
export function byPlace(a: Reject, b: Reject): number {
  return compare(a.file, b.file) || a.line - b.line || compare(a.column, b.column);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hold(kind: string, read: number, accounted: number): void {
  if (read === accounted) return;
  throw new EtlError(
    'ETL_LINES_LOST',
    `${read} ${kind} lines were read, but ${accounted} are accounted for; did a raw file change meanwhile? If not, report it.`,
  );
}
