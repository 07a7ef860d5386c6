/*
 * Expressions that the transformers share, in the SQL that DuckDB and Spark both run: no backslash in a string, character
 * classes for digits, casts that are tried.
 */

/** How much of a value a reason repeats. */
const SHOWN_CHARACTERS = 80;

/** Whether a text column is a whole number that is not negative. 15 digits: a thousand times that still fits 64 bits. */
export function isWholeNumber(column: string): string {
  return `regexp_like(${column}, '^[0-9]{1,15}$')`;
}

/** A text column as a decimal number with a point, NULL where it is none. */
export function decimalNumber(column: string): string {
  return `CASE WHEN regexp_like(${column}, '^-?[0-9]{1,15}([.][0-9]{0,20})?$') THEN try_cast(${column} AS DOUBLE) END`;
}

/** A text column in quotes, cut where it is long, for a reason. */
export function shown(column: string): string {
  return `'''' || substr(${column}, 1, ${SHOWN_CHARACTERS}) || ''''`;
}

/** The header's own name of the logical column that `key` holds, from a frame of files called `files`. */
export function headerName(key: string, files: string, columns: readonly string[]): string {
  const cases = columns.map((column) => `WHEN '${column}' THEN ${files}.${column}_column`);
  return `coalesce(CASE ${key} ${cases.join(' ')} END, '')`;
}
