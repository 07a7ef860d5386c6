import type { ReadableFile } from '../raw/map-columns.js';
import { HIDDEN_LINE_MARK } from '../raw/regular-copy.js';
import { literal, scanFields, scanLines } from './duckdb-dialect.js';
import { frame } from './frame.js';
import type { Frame } from './frame.js';

/** What a frame's columns are made of, by their names: SQL over the fields of a file. */
export type FieldSelection<C extends string> = Readonly<Record<string, (file: ReadableFile<C>) => string>>;

const NO_TEXT = 'CAST(NULL AS VARCHAR)';

/** The text of the one field of a logical column, trimmed, '' where empty; NULL where the file has no such column. */
export function field<C extends string>({ survey, columns }: ReadableFile<C>, column: C): string {
  const [position] = columns[column];
  if (position === undefined) return NO_TEXT;
  // Trimming takes longer than the rest of the reading, so it is left out where the survey saw nothing to trim.
  return `coalesce(${survey.padded ? `trim(f${position})` : `f${position}`}, '')`;
}

/** The texts of some fields, trimmed and joined with `|`, without the empty ones. */
export function joinedFields(positions: readonly number[]): string {
  const texts = positions.map((position) => `nullif(trim(f${position}), '')`);
  return `concat_ws('|', ${['NULL', ...texts].join(', ')})`;
}

/**
 * A frame of the regular lines of many files: `file_number` (from 0, in the order given), `line`, `park`, and the
 * columns of `selection`.
 */
export function fieldsFrame<C extends string>(
  name: string,
  files: readonly ReadableFile<C>[],
  selection: FieldSelection<C>,
): Frame {
  const hiddenMark = `chr(${HIDDEN_LINE_MARK.charCodeAt(0)})`;
  const selects = files.map((file, number) => {
    const columns = Object.entries(selection).map(([column, sql]) => `${sql(file)} AS ${column}`);
    const { header, file: raw } = file.survey;
    return `SELECT ${number} AS file_number, line, ${literal(raw.park)} AS park, ${columns.join(', ')}
FROM ${scanFields(file.path, header.length)}
WHERE f0 IS DISTINCT FROM ${hiddenMark}`;
  });
  return unionFrame(name, selects, ['park', ...Object.keys(selection)], true);
}

/** A frame of the lines of many files as they stand there: `file_number`, `line`, `text`. */
export function textFrame<C extends string>(name: string, files: readonly ReadableFile<C>[]): Frame {
  const selects = files.map(
    (file, number) => `SELECT ${number} AS file_number, line, text FROM ${scanLines(file.path)}`,
  );
  return unionFrame(name, selects, ['text'], true);
}

/**
 * A frame of the files themselves: `file_number`, `file` (its name), `park`, and for each of `columns` a `<column>_column`: its
 * name in the file's own header, NULL where the file has none.
 */
export function filesFrame<C extends string>(
  name: string,
  files: readonly ReadableFile<C>[],
  columns: readonly C[],
): Frame {
  const selects = files.map(({ survey, columns: mapping }, number) => {
    const names = columns.map((column) => {
      const [position] = mapping[column];
      const header = position === undefined ? undefined : survey.header[position];
      return `${header === undefined ? NO_TEXT : literal(header)} AS ${column}_column`;
    });
    const { name: file, park } = survey.file;
    return `SELECT ${[`${number} AS file_number`, `${literal(file)} AS file`, `${literal(park)} AS park`, ...names].join(', ')}`;
  });
  return unionFrame(name, selects, ['file', 'park', ...columns.map((column) => `${column}_column`)], false);
}

/** The union of one SELECT a file; of no file, a relation of the same columns and no row. */
function unionFrame(name: string, selects: readonly string[], texts: readonly string[], hasLine: boolean): Frame {
  if (selects.length > 0) return frame(name, selects.join('\nUNION ALL\n'));
  const line = hasLine ? ', CAST(0 AS BIGINT) AS line' : '';
  return frame(
    name,
    `SELECT 0 AS file_number${line}, ${texts.map((text) => `${NO_TEXT} AS ${text}`).join(', ')} WHERE 1 = 0`,
  );
}
