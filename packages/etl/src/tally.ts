import type { Attraction, VisitsTable } from '@attractions/feeds';
import { EtlError } from './errors.js';
import type { RawKind } from './raw/find.js';
import type { Survey } from './raw/survey.js';

/** What became of the lines. `rows = kept + duplicates + rejected`, always. */
export interface Tally {
  /** Raw files, of both kinds. */
  readonly files: number;
  /** Lines of visits files, without headers and blank lines. */
  readonly rows: number;
  /** Photos that are in a visit. */
  readonly kept: number;
  /** Lines that repeat a kept photo and say the same of it. */
  readonly duplicates: number;
  /** Lines of visits files that were refused. */
  readonly rejected: number;
  readonly visits: number;
  readonly users: number;
  readonly attractions: number;
  /** Parks that have attractions. */
  readonly parks: number;
}

/** Lines that the transformers left out. */
export interface LinesLeftOut {
  readonly refused: number;
  readonly repeated: number;
  readonly refusedAttractions: number;
}

/**
 * Adds up what became of the lines, and holds it to the lines that the survey saw. Throws ETL_LINES_LOST where a line is not
 * accounted for: survey and frames read the files apart, so a sum that fits is evidence.
 */
export function tally(
  surveys: readonly Survey[],
  visits: VisitsTable,
  attractions: readonly Attraction[],
  leftOut: LinesLeftOut,
): Tally {
  const lines = rowsOf(surveys, 'visits');
  const kept = photosOf(visits);
  hold('visit', lines.regular, kept + leftOut.repeated + leftOut.refused);
  hold('attraction', rowsOf(surveys, 'attractions').regular, attractions.length + leftOut.refusedAttractions);
  return {
    files: surveys.length,
    rows: lines.regular + lines.faulty,
    kept,
    duplicates: leftOut.repeated,
    rejected: lines.faulty + leftOut.refused,
    visits: visits.numRows,
    users: new Set(visits.getChild('user_id') ?? []).size,
    attractions: attractions.length,
    parks: new Set(attractions.map(({ park }) => park)).size,
  };
}

/** How many rows the files of a kind have: those that frames see, and those whose structure is broken. */
export function rowsOf(surveys: readonly Survey[], kind: RawKind): Record<'regular' | 'faulty', number> {
  let regular = 0;
  let faulty = 0;
  for (const { file, rows, faults } of surveys) {
    if (file.kind !== kind) continue;
    regular += rows - faults.length;
    faulty += faults.length;
  }
  return { regular, faulty };
}

/** Photos in all visits. */
export function photosOf(visits: VisitsTable): number {
  let photos = 0;
  for (const count of visits.getChild('photos') ?? []) photos += count ?? 0;
  return photos;
}

function hold(kind: string, read: number, accounted: number): void {
  if (read === accounted) return;
  throw new EtlError(
    'ETL_LINES_LOST',
    `${read} ${kind} lines were read, but ${accounted} are accounted for; did a raw file change meanwhile? If not, report it.`,
  );
}
