import { sql } from './frame.js';
import type { Sql } from './frame.js';

/*
 * Expressions that the transformers share, in the SQL that DuckDB and Spark both run: no backslash in a string, character
 * classes for digits, casts that are tried.
 */

/** How much of a value a reason repeats. */
const SHOWN_CHARACTERS = 80;

/** Whether a text column is a whole number that is not negative. 15 digits: a thousand times that still fits 64 bits. */
export function isWholeNumber(column: Sql): Sql {
  return sql`regexp_like(${column}, '^[0-9]{1,15}$')`;
}

/** A text column as a decimal number with a point, NULL if it is not a number. */
export function decimalNumber(column: Sql): Sql {
  return sql`CASE WHEN regexp_like(${column}, '^-?[0-9]{1,15}([.][0-9]{0,20})?$') THEN try_cast(${column} AS DOUBLE) END`;
}

/** A text column in quotes, cut where it is long, for a reason. */
export function shown(column: Sql): Sql {
  return sql`${"'"} || substr(${column}, 1, ${SHOWN_CHARACTERS}) || ${"'"}`;
}

/** The raw name of the logical column that `key` holds, from a frame of files called `f` with a `<column>_column` each. */
export function rawName(key: Sql, columns: readonly string[]): Sql {
  const cases = columns.map((column) => sql`WHEN ${column} THEN f.${sql.identifier(`${column}_column`)}`);
  return sql`coalesce(CASE ${key} ${sql.join(cases, ' ')} END, '')`;
}
