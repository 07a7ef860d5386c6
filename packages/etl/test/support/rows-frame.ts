import { frame, sql } from '../../src/frame/frame.js';
import type { Frame } from '../../src/frame/frame.js';
import type { SqlValue } from '../../src/frame/sql-text.js';

/** A frame of given rows: a stand-in for a reader's, so that a transformer is tested without files. */
export function rowsFrame(
  name: string,
  columns: Readonly<Record<string, 'INT' | 'BIGINT' | 'VARCHAR'>>,
  rows: readonly (readonly SqlValue[])[],
): Frame {
  const types = { INT: sql`INT`, BIGINT: sql`BIGINT`, VARCHAR: sql`VARCHAR` };
  const entries = Object.entries(columns);
  const selects = rows.map((row) => {
    const cells = entries.map(
      ([column, type], i) => sql`CAST(${row[i] ?? null} AS ${types[type]}) AS ${sql.identifier(column)}`,
    );
    return sql`SELECT ${sql.join(cells, ', ')}`;
  });
  if (selects.length > 0) return frame(name)`SELECT * FROM (${sql.join(selects, ' UNION ALL ')}) t`;
  const none = entries.map(([column, type]) => sql`CAST(NULL AS ${types[type]}) AS ${sql.identifier(column)}`);
  return frame(name)`SELECT ${sql.join(none, ', ')} WHERE 1 = 0`;
}
