import { frame } from '../../src/frame/frame.js';
import type { Frame } from '../../src/frame/frame.js';

type Cell = string | number | boolean | null;

/** A frame of given rows: a reader's stand-in, so that a transformer is tested without files. */
export function rowsFrame(
  name: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly (readonly Cell[])[],
): Frame {
  const names = Object.keys(columns);
  const typed = names.map((column) => `CAST(${column} AS ${columns[column] ?? ''}) AS ${column}`).join(', ');
  const none = `SELECT ${names.map((column) => `CAST(NULL AS ${columns[column] ?? ''}) AS ${column}`).join(', ')} WHERE 1 = 0`;
  const values = rows.map((row) => `(${row.map(toSqlLiteral).join(', ')})`);
  return frame(
    name,
    rows.length === 0 ? none : `SELECT ${typed} FROM (VALUES ${values.join(', ')}) AS t(${names.join(', ')})`,
  );
}

function toSqlLiteral(cell: Cell): string {
  if (cell === null) return 'NULL';
  return typeof cell === 'string' ? `'${cell.replaceAll("'", "''")}'` : String(cell);
}
