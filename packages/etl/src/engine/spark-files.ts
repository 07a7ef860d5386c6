import { join } from 'node:path';
import type { Relation } from '@attractions/spark';
import { sql } from '../frame/frame.js';
import type { Sql } from '../frame/frame.js';
import { literal } from '../frame/sql-text.js';
import type { RowColumn, RowFile, RowFiles, ScannedFile } from './engine.js';
import { isPlain } from './spark-session.js';
import type { Work } from './spark-session.js';

/*
 * Files as views of the server. It reads them where they are if it reads them as the embedded DuckDB does: then memory and time of this machine do not grow
 * with them. All else is copied by DuckDB into a Parquet file that the server sees: where lines are numbered, where some cannot be read, and what the
 * server cannot see. So whatever reads them, rows and rejects are the same.
 */

/** So many files at most are views of their own, where the server cannot say which file a row is from. */
const MOST_VIEWS = 32;

/** A file with numbered lines. */
export async function viewOfScan(name: string, file: ScannedFile, work: Work): Promise<void> {
  await viewOfCopy(name, work.local.scan(file), work);
}

/** Rows of many files as texts. */
export async function viewOfRows(name: string, rows: RowFiles, numbered: boolean, work: Work): Promise<void> {
  if (!numbered && (await isRegular(rows, work)) && (await isRead(name, viewOfRaw(name, rows, work), work))) return;
  await viewOfCopy(name, work.local.scanRows(rows, { numbered }), work);
}

/** Rows of Parquet files with their types. */
export async function viewOfTyped(name: string, files: readonly RowFile[], work: Work): Promise<void> {
  if (work.isSpark && files.every(({ path }) => isPlain(path))) {
    if (await isRead(name, viewOfParquet(name, files, work), work)) return;
  }
  await viewOfCopy(name, work.local.scanTyped(files), work);
}

/** What DuckDB reads here, as a file that the server sees. */
export async function viewOfCopy(name: string, relation: Sql, { local, scratch, spark, how }: Work): Promise<void> {
  const path = join(scratch, `${name}.parquet`);
  await local.write(sql`SELECT * FROM ${relation} r`, path, how.signal ? { signal: how.signal } : {});
  await spark.createView(name, await parquet([path]), how);
}

/** Files of Parquet on this machine as a relation. */
export async function parquet(paths: readonly string[]): Promise<Relation> {
  const { read } = await import('@attractions/spark');
  return read('parquet', paths.map((path) => `file://${path}`)); // prettier-ignore
}

/** Whether the server can read a view that is being made: it may not see the files, or not know a type of theirs. */
async function isRead(name: string, made: Promise<void>, { spark, how }: Work): Promise<boolean> {
  const { sql: sparkSql } = await import('@attractions/spark');
  try {
    await made;
    await spark.collect(sparkSql(`SELECT * FROM ${name} LIMIT 1`), how);
    return true;
  } catch {
    how.signal?.throwIfAborted();
    return false;
  }
}

/** Whether the server can be trusted to read all rows, and as DuckDB does. */
async function isRegular(rows: RowFiles, { isSpark, local, how }: Work): Promise<boolean> {
  const { format, files, columns, delimiter = ',', quote = '"', isSuspect } = rows;
  if (isSuspect || !files.every(({ path }) => isPlain(path))) return false;
  if (!isSpark && files.length > MOST_VIEWS) return false;
  if (format === 'parquet') {
    const names = columns.map(({ name }) => name.toLowerCase());
    return names.every((name, i) => !name.includes('`') && names.indexOf(name) === i);
  }
  // The one column of a blank line is a row for DuckDB; and in JSON, Spark knows no pointers.
  const isKnown = format === 'delimited' ? columns.length > 1 && /^[,;|\t]$/.test(delimiter) && /^["']$/.test(quote) : columns.every(({ name }) => /^\w+$/.test(name)); // prettier-ignore
  if (!isKnown) return false;
  const counts = await local.countRows(rows, { faultsKept: 0, ...(how.signal && { signal: how.signal }) });
  return counts.every(({ faultCount }) => faultCount === 0);
}

/** Where the server finds a file, whatever its own file system is. */
const addressOf = ({ path }: RowFile): string => `file://${path}`;

async function viewOfRaw(name: string, rows: RowFiles, work: Work): Promise<void> {
  const { spark, isSpark, how } = work;
  const { sql: sparkSql } = await import('@attractions/spark');
  const columns = fieldsOf(rows);
  const where = rows.format === 'json-lines' ? " WHERE trim(coalesce(value, '')) <> ''" : '';
  if (isSpark && rows.files.length > 1) {
    await spark.createView(`${name}_raw`, await relationOf(rows, rows.files), how);
    const from = `(SELECT input_file_name() AS file_path, * FROM ${name}_raw) r`;
    const text = `SELECT m.file_number, ${columns} FROM ${from} ${numbersOf(rows.files)}${where}`;
    return spark.createView(name, sparkSql(text), how);
  }
  for (const file of rows.files)
    await spark.createView(`${name}_raw_${file.number}`, await relationOf(rows, [file]), how);
  const selects = rows.files.map(({ number }) => `SELECT ${number} AS file_number, ${columns} FROM ${name}_raw_${number} r${where}`); // prettier-ignore
  await spark.createView(name, sparkSql(selects.join('\nUNION ALL\n')), how);
}

async function relationOf(rows: RowFiles, files: readonly RowFile[]): Promise<Relation> {
  const { read } = await import('@attractions/spark');
  const { format, columns, delimiter = ',', quote = '"', hasHeader = true, hasBreaks = true } = rows;
  const paths = files.map(addressOf);
  if (format === 'parquet') return read('parquet', paths);
  if (format === 'json-lines') return read('text', paths);
  const options = { sep: delimiter, quote, escape: quote, header: String(hasHeader), multiLine: String(hasBreaks) };
  return read('csv', paths, { options, schema: columns.map((_, i) => `f${i} STRING`).join(', ') });
}

function fieldsOf({ format, columns }: RowFiles): string {
  const field = ({ name, type = 'text' }: RowColumn, i: number): string => {
    if (format === 'delimited') return `nullif(f${i}, '')`;
    if (format === 'json-lines') return `get_json_object(value, '$.${name}')`;
    const column = `\`${name}\``;
    return {
      text: `CAST(${column} AS STRING)`,
      time: `CAST(unix_millis(CAST(${column} AS TIMESTAMP_LTZ)) AS STRING)`,
      double: `CASE WHEN ${column} = floor(${column}) AND abs(${column}) < 1e15 THEN CAST(CAST(${column} AS BIGINT) AS STRING) ELSE CAST(${column} AS STRING) END`,
      nested: `to_json(${column})`,
    }[type];
  };
  return columns.map((column, i) => `${field(column, i)} AS f${i}`).join(', ');
}

/** Joins the numbers of files to rows with a `file_path`. Spark writes an address with one slash or three. */
function numbersOf(files: readonly RowFile[]): string {
  const rows = files.map((file) => `(${literal(addressOf(file).replace('file:///', 'file:/'))}, ${file.number})`);
  return `JOIN (VALUES ${rows.join(', ')}) AS m(file_path, file_number) ON m.file_path = replace(r.file_path, 'file:///', 'file:/')`;
}

/** Apache Spark knows the place of each row. */
async function viewOfParquet(name: string, files: readonly RowFile[], work: Work): Promise<void> {
  const { spark, local, how } = work;
  const { sql: sparkSql } = await import('@attractions/spark');
  const columns = (await local.columnsOf(files[0]?.path ?? '')).map((column) => `\`${column.name}\``).join(', ');
  const selects = files.map((file) => `SELECT ${file.number} AS file_number, _metadata.row_index AS row_number, ${columns} FROM parquet.\`${addressOf(file)}\``); // prettier-ignore
  await spark.createView(name, sparkSql(selects.join('\nUNION ALL\n')), how);
}
