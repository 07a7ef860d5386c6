import { randomUUID } from 'node:crypto';
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataType } from 'apache-arrow';
import type { Relation } from '@attractions/spark';
import { sql } from '../frame/frame.js';
import type { Sql } from '../frame/frame.js';
import type { RowFile } from './engine.js';
import type { Work } from './spark-session.js';

/** How rows are put into files. */
interface FileShape {
  readonly rowsPerFile: number;
  readonly rowGroupRows: number;
}

/**
 * Lets the server write the rows of a statement into a fresh folder of its own, and returns the files that have rows, in order of the rows.
 * @throws Error where the files are not there: the server wrote them somewhere else.
 */
export async function writeFolder(
  statement: string,
  { spark, isSpark, scratch, how }: Work,
  { rowsPerFile, rowGroupRows }: FileShape,
): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
  const { sql: sparkSql } = await import('@attractions/spark');
  const folder = join(scratch, `written_${randomUUID()}`);
  const options = { maxRecordsPerFile: String(rowsPerFile), 'parquet.block.row.count.limit': String(rowGroupRows) };
  const rows = isSpark ? await withZones(statement, { spark, how }) : sparkSql(statement);
  await spark.write(rows, { path: `file://${folder}`, options }, how);
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^._].*[.]parquet$/.test(name));
  // Spark says when it is done, and writes a file at least; Sail writes none where there are no rows.
  if (isSpark && names.length === 0)
    throw new Error(`the server wrote its files somewhere else than into '${folder}' of this machine`);
  return { folder, files: names.sort(byNumber).map((name) => join(folder, name)) };
}

/** `part-2` before `part-10`; `x_2` before `x_10`. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Times without a zone would be written without one. */
async function withZones(statement: string, { spark, how }: Pick<Work, 'spark' | 'how'>): Promise<Relation> {
  const { sql: sparkSql } = await import('@attractions/spark');
  const { schema } = await spark.collect(sparkSql(`SELECT * FROM (${statement}) q LIMIT 0`), how);
  const isLocal = schema.fields.map(({ type }) => DataType.isTimestamp(type) && type.timezone === null);
  if (!isLocal.includes(true)) return sparkSql(statement);
  const columns = schema.fields.map(({ name }, i) => (isLocal[i] ? `CAST(\`${name}\` AS TIMESTAMP_LTZ) AS \`${name}\`` : `\`${name}\``)); // prettier-ignore
  return sparkSql(`SELECT ${columns.join(', ')} FROM (${statement}) q`);
}

/**
 * Files of Parquet as DuckDB reads them, with times in milliseconds and no zone, in the order of the statement that they were written by: Sail writes the
 * rows to several files in turns.
 */
export async function asWritten(files: readonly string[], statement: string, { local, how }: Work): Promise<Sql> {
  const columns = await local.columnsOf(files[0] ?? '', how.signal ? { signal: how.signal } : {});
  const read: readonly RowFile[] = files.map((path, number) => ({ path, number }));
  const made = columns.map(({ name, type }) => {
    const column = sql.identifier(name);
    return type === 'time' ? sql`timestamp_millis(unix_millis(${column})) AS ${column}` : column;
  });
  const [, order] = /\bORDER BY ([\w ,]+)$/i.exec(statement) ?? [];
  const keys = (order ?? '').split(',').flatMap((key) => (key.trim() === '' ? [] : [sql.identifier(key.trim())]));
  const ordered = keys.length === 0 ? sql`` : sql` ORDER BY ${sql.join(keys, ', ')}`;
  return sql`SELECT ${sql.join(made, ', ')} FROM ${local.scanTyped(read)} r${ordered}`;
}

/** What the footers of files say. */
export interface Footers {
  readonly rows: readonly number[];
  readonly mostRowsInGroup: number;
  readonly areTimesMillis: boolean;
}

export async function footersOf(files: readonly string[], { local }: Work): Promise<Footers> {
  const list = sql`[${sql.join(
    files.map((path) => sql`${path}`),
    ', ',
  )}]`;
  const of = async (relation: Sql, columns: Sql) => local.rows(sql`SELECT ${columns} FROM ${sql.relation(relation)} f`);
  const counts = await of(sql`parquet_file_metadata(${list})`, sql`file_name, num_rows`);
  const groups = await of(sql`parquet_metadata(${list})`, sql`max(row_group_num_rows) AS most`);
  const types = await of(
    sql`parquet_schema(${list})`,
    sql`count_if(coalesce(logical_type, '') LIKE 'TimestampType%' AND NOT logical_type LIKE '%isAdjustedToUTC=1%MILLIS=Milli%') AS others, count_if(type = 'INT96') AS old`,
  );
  const rowsIn = new Map(counts.map((row) => [String(row['file_name']), Number(row['num_rows'])]));
  return {
    rows: files.map((path) => rowsIn.get(path) ?? 0),
    mostRowsInGroup: Number(groups[0]?.['most'] ?? 0),
    areTimesMillis: Number(types[0]?.['others']) === 0 && Number(types[0]?.['old']) === 0,
  };
}

/** Moves a file, also to another file system. */
export async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
    await rm(from);
  }
}
