import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { sql } from '../frame/frame.js';
import type { Sql } from '../frame/frame.js';
import type { RowCount, RowFault, RowFiles } from './engine.js';

/** A path that DuckDB does not take for a pattern. */
export function pathPattern(path: string): string {
  return path.replace(/[[*?]/g, '[$&]');
}

/**
 * Rows of many files: `file_number`, `f0`, `f1`, … and, where numbered, `line`. Numbering costs: DuckDB does it in one thread, whether the
 * number is used or not.
 */
export function rowsOf(rows: RowFiles, numbered: boolean): Sql {
  const line = numbered ? sql`line, ` : sql``;
  const sound = conditionOf(rows);
  const where = sound ? sql` WHERE ${sound}` : sql``;
  return sql.relation(sql`(SELECT file_number, ${line}${fieldsOf(rows)} FROM ${rawRows(rows, numbered)} r${where})`);
}

/** Rows of Parquet files with their types. */
export function typedRows(files: RowFiles['files']): Sql {
  return sql.relation(
    sql`(SELECT ${numberOf({ files })} AS file_number, file_row_number AS row_number, * EXCLUDE (file_row_number) FROM read_parquet(${pathsOf(files)}, file_row_number = true) p)`,
  );
}

function pathsOf(files: RowFiles['files']): Sql {
  return sql`[${sql.join(
    files.map(({ path }) => sql`${pathPattern(path)}`),
    ', ',
  )}]`;
}

/** Each row as it stands in a file, also where it is at fault. */
function rawRows(rows: RowFiles, numbered: boolean, more = sql``): Sql {
  const line = numbered ? sql`row_number() OVER () AS line, ` : sql``;
  const columns =
    rows.format === 'json-lines'
      ? sql`text, CASE WHEN json_valid(text) THEN json_type(text) = 'OBJECT' ELSE false END AS is_object`
      : rawFields(rows);
  return sql`(SELECT ${numberOf(rows)} AS file_number, ${line}${columns} FROM ${readerOf(rows, more)} s)`;
}

function rawFields({ format, columns }: RowFiles): Sql {
  if (format === 'delimited') return fieldNames(columns.length);
  return sql.join(
    columns.map(({ name, type }, i) => {
      const column = quoted(name);
      const text = {
        text: sql`CAST(${column} AS VARCHAR)`,
        time: sql`CAST(epoch_ms(CAST(${column} AS TIMESTAMPTZ)) AS VARCHAR)`,
        double: sql`CASE WHEN ${column} = floor(${column}) AND abs(${column}) < 1e15 THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`,
        nested: sql`CAST(to_json(${column}) AS VARCHAR)`,
      }[type ?? 'text'];
      return sql`${text} AS ${fieldName(i)}`;
    }),
    ', ',
  );
}

/** Parses a JSON line once for all of its fields. */
function fieldsOf({ format, columns }: RowFiles): Sql {
  if (format !== 'json-lines') return fieldNames(columns.length);
  const fields = columns.map(
    ({ name }, i) =>
      // A filter on a field may be pushed below the one that leaves broken lines out.
      sql`CASE WHEN is_object THEN json_extract_string(text, ${pointerOf(name)}) END AS ${fieldName(i)}`,
  );
  return sql.join(fields, ', ');
}

/** What a row has to fulfil to be read; undefined where every row that is parsed does. */
function conditionOf(rows: RowFiles): Sql | undefined {
  if (rows.format === 'json-lines')
    return rows.isSuspect ? sql`is_object AND NOT ${isUnclean(sql`text`)}` : sql`is_object`;
  if (!rows.isSuspect) return undefined;
  const used = rows.used ?? rows.columns.map((_, i) => i);
  return sql`NOT (${sql.join(
    used.map((i) => sql`coalesce(${isUnclean(fieldName(i))}, false)`),
    ' OR ',
  )})`;
}

const isUnclean = (field: Sql): Sql => sql`(contains(${field}, chr(0)) OR contains(${field}, chr(65533)))`;

function readerOf(
  { format, files, columns, delimiter = ',', quote = '"', hasHeader = true }: RowFiles,
  more: Sql,
): Sql {
  const paths = pathsOf(files);
  if (format === 'parquet') return sql`read_parquet(${paths})`;
  const isLines = format === 'json-lines';
  const names = isLines ? [sql`'text'`] : columns.map((_, i) => sql`${`f${i}`}`);
  const types = sql.join(
    names.map((name) => sql`${name}: 'VARCHAR'`),
    ', ',
  );
  // A line of JSON holds no unit separator, so the line is one field.
  const shape = isLines
    ? sql`delim = chr(31), quote = '', escape = '', header = false`
    : sql`delim = ${delimiter}, quote = ${quote}, escape = ${quote}, header = ${hasHeader}`;
  // Not `ignore_errors`: behind a broken quote, DuckDB 1.5 leaves out good rows with it.
  const errors = more.text === '' ? sql`, store_rejects = true, rejects_limit = 1` : more;
  return sql`read_csv(${paths}, columns = {${types}}, ${shape}, auto_detect = false, comment = '', compression = 'none'${errors})`;
}

function numberOf({ files }: Pick<RowFiles, 'files'>): Sql {
  const [first] = files;
  if (files.length === 1 && first) return sql`${first.number}`;
  return sql`[${sql.join(
    files.map(({ number }) => sql`${number}`),
    ', ',
  )}][CAST(file_index AS BIGINT) + 1]`;
}

/** Counts the rows of each file, and finds those that cannot be read. One pass, and a second one where some rows have to be named. */
export async function countRows(
  connection: DuckDBConnection,
  rows: RowFiles,
  faultsKept: number,
): Promise<readonly RowCount[]> {
  const read = async ({ text }: Sql) =>
    (await connection.runAndReadAll(text.replaceAll('\x01', ''))).getRowObjectsJson();
  const name = `rejects_${randomUUID().replaceAll('-', '')}`;
  const isStored = rows.format === 'delimited';
  const stored = isStored
    ? sql`, store_rejects = true, rejects_table = ${name}, rejects_scan = ${`${name}_scan`}, rejects_limit = 0`
    : sql``;
  const sound = conditionOf(rows) ?? sql`true`;
  const isBlank = rows.format === 'json-lines' ? sql`trim(coalesce(text, '')) = ''` : sql`false`;
  const counted = await read(sql`
SELECT file_number, count(*) AS lines, count_if(${sound}) AS sound, count_if(${isBlank}) AS blank
FROM ${rawRows(rows, false, stored)} r GROUP BY file_number`);
  const counts = rows.files.map(({ number }) => {
    const found = counted.find((row) => Number(row['file_number']) === number);
    const [lines, whole, blank] = [
      Number(found?.['lines'] ?? 0),
      Number(found?.['sound'] ?? 0),
      Number(found?.['blank'] ?? 0),
    ];
    return { number, lines, rows: whole, faultCount: lines - whole - blank, faults: [] as RowFault[] };
  });
  if (counts.some(({ faultCount }) => faultCount > 0)) await addUnsound(rows, counts, faultsKept, read);
  if (isStored) await addUnparsed(rows, counts, faultsKept, name, read);
  return counts;
}

interface Count extends RowCount {
  faultCount: number;
  readonly faults: RowFault[];
}

type Read = (query: Sql) => Promise<readonly Readonly<Record<string, unknown>>[]>;

async function addUnsound(rows: RowFiles, counts: readonly Count[], kept: number, read: Read): Promise<void> {
  const isJson = rows.format === 'json-lines';
  const sound = conditionOf(rows) ?? sql`true`;
  const text = isJson ? sql`trim(coalesce(text, '')) <> ''` : sql`true`;
  const used = rows.used ?? rows.columns.map((_, i) => i);
  const cases = used.map((i) => sql`WHEN ${isUnclean(fieldName(i))} THEN ${i}`);
  const place = isJson ? sql`NULL` : sql`CASE ${sql.join(cases, ' ')} END`;
  const found = await read(sql`
SELECT file_number, line, ${place} AS field FROM ${rawRows(rows, true)} r
WHERE NOT coalesce(${sound}, false) AND ${text} ORDER BY line LIMIT ${kept}`);
  for (const row of found) {
    const field = row['field'] === null ? undefined : Number(row['field']);
    counts
      .find(({ number }) => number === Number(row['file_number']))
      ?.faults.push({
        line: Number(row['line']),
        ...(field !== undefined && { field }),
        reason: isJson
          ? 'The line is not a JSON object in UTF-8.'
          : 'The value has a NUL character or bytes that are not UTF-8, which are shown as U+FFFD.',
      });
  }
}

async function addUnparsed(
  rows: RowFiles,
  counts: readonly Count[],
  kept: number,
  name: string,
  read: Read,
): Promise<void> {
  const perFile = await read(sql`
SELECT file_id, count(DISTINCT line_byte_position) AS faults FROM ${sql.relation(sql`${sql.identifier(name)}`)} r GROUP BY file_id`);
  for (const row of perFile) {
    const count = counts[Number(row['file_id'])];
    if (count) count.faultCount += Number(row['faults']);
  }
  if (perFile.length === 0) return;
  const found = await read(sql`
SELECT file_id, line_byte_position AS place, min(CAST(error_type AS VARCHAR)) AS kind,
  arg_max(error_message, byte_position) AS message
FROM ${sql.relation(sql`${sql.identifier(name)}`)} r GROUP BY file_id, line_byte_position ORDER BY file_id, line_byte_position LIMIT ${kept}`);
  for (const row of found) {
    counts[Number(row['file_id'])]?.faults.push({
      offset: Number(row['place']) - 1,
      reason: reasonOf(String(row['kind']), String(row['message']), rows.columns.length),
    });
  }
}

function reasonOf(kind: string, message: string, width: number): string {
  if (kind === 'MISSING COLUMNS') {
    const found = /Found: (\d+)/.exec(message)?.[1] ?? '0';
    return `The line has ${found} of the ${width} fields.`;
  }
  if (kind === 'TOO MANY COLUMNS') return `The line has more than the ${width} fields.`;
  if (kind === 'UNQUOTED VALUE') return 'A quote is never closed, or stands beside other text in its field.';
  return `The line cannot be read: ${message.split('\n')[0] ?? kind}`;
}

function fieldNames(count: number): Sql {
  return sql.join(
    Array.from({ length: count }, (_, i) => fieldName(i)),
    ', ',
  );
}

function fieldName(i: number): Sql {
  return sql.identifier(`f${i}`);
}

function quoted(name: string): Sql {
  // As a relation, it is put in as it is; a name may hold anything.
  return { ...sql``, text: `"${name.replaceAll('"', '""')}"` };
}

/** A JSON pointer (RFC 6901) stands for itself; any other name is a key. */
function pointerOf(name: string): string {
  return name.startsWith('/') ? name : `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
