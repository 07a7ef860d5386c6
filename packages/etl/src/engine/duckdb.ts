import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DuckDBAppender, DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api';
import { frame, sql, statementOf, subjectOf } from '../frame/frame.js';
import { literal } from '../frame/sql-text.js';
import type { Frame, Query, Sql } from '../frame/frame.js';
import { markTimesAsUtc } from './duckdb-parquet.js';
import { countRows, pathPattern, rowsOf, typedRows } from './duckdb-rows.js';
import { closeSession, onConnection, openSession } from './duckdb-session.js';
import type { DuckDbOptions, Session, Work } from './duckdb-session.js';
import type {
  CellValue,
  Columns,
  Engine,
  RowColumn,
  RowFiles,
  RunOptions,
  ScannedFile,
  TableColumns,
} from './engine.js';

const TABLE_TYPES = { text: 'VARCHAR', bigint: 'BIGINT', double: 'DOUBLE' } as const;

/** Half of DuckDB's default, and a multiple of its vectors. It writes two to a file at least, and a file is what is written anew where one visit changes. */
const ROW_GROUP_ROWS = 61_440;

/** The embedded DuckDB, in memory. Its library is loaded at the first query. */
export function duckDbEngine(options: DuckDbOptions = {}): Engine {
  return new DuckDbEngine(options);
}

class DuckDbEngine implements Engine {
  readonly name = 'duckdb';
  readonly rowGroupRows = ROW_GROUP_ROWS;
  readonly #options: DuckDbOptions;
  #session: Session | undefined;
  #tables = 0;

  constructor(options: DuckDbOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    await this.#connected('its start', {}, () => Promise.resolve());
  }

  scan(file: ScannedFile): Sql {
    const path = pathPattern(file.path);
    // The rows of a scan keep the order of the file, and so does a window without an order of its own.
    const numbered = sql`SELECT CAST(row_number() OVER () + 1 AS BIGINT) AS line, *`;
    const options = sql`header = false, skip = 1, auto_detect = false`;
    if (file.format === 'lines') {
      // A regular file has no unit separator, so the line is one field.
      return sql.relation(
        sql`(${numbered} FROM read_csv(${path}, columns = {'text': 'VARCHAR'}, delim = chr(31), quote = '', escape = '', ${options}))`,
      );
    }
    const columns = sql.join(
      file.columns.map((column) => sql`${column}: 'VARCHAR'`),
      ', ',
    );
    return sql.relation(
      sql`(${numbered} FROM read_csv(${path}, columns = {${columns}}, delim = ${file.delimiter}, quote = '"', escape = '"', ${options}))`,
    );
  }

  scanRows(rows: RowFiles, { numbered }: { readonly numbered: boolean }): Sql {
    return rowsOf(rows, numbered);
  }

  async countRows(rows: RowFiles, { faultsKept, ...options }: RunOptions & { readonly faultsKept: number }) {
    const subject = `'${rows.files[0]?.path}'`;
    return this.#connected(subject, options, ({ connection, failed }) =>
      countRows(connection, rows, faultsKept).catch(failed),
    );
  }

  async columnsOf(path: string, options: RunOptions = {}) {
    return this.#connected(`'${path}'`, options, async ({ connection, failed }) => {
      const described = await connection
        .runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${literal(pathPattern(path))})`)
        .catch(failed);
      return described.getRowObjectsJson().map((row) => ({
        name: String(row['column_name']),
        type: columnTypeOf(String(row['column_type'])),
      }));
    });
  }

  async table(
    name: string,
    columns: TableColumns,
    batches: Parameters<Engine['table']>[2],
    options: RunOptions = {},
  ): Promise<Frame> {
    const table = `table_${this.#tables++}`;
    const types = Object.entries(columns).map(([column, type]) => `${column} ${TABLE_TYPES[type]}`);
    const kinds = Object.values(columns);
    const names = sql.join(Object.keys(columns).map(sql.identifier), ', ');
    const made = frame(name)`SELECT ${names} FROM ${sql.relation(sql`${sql.identifier(table)}`)}`;
    await this.#connected(subjectOf(made), options, async ({ connection, failed, throwIfStopped }) => {
      await connection.run(`CREATE TABLE ${table} (${types.join(', ')})`).catch(failed);
      const appender = await connection.createAppender(table);
      try {
        for await (const batch of batches) {
          throwIfStopped();
          try {
            for (const row of batch) {
              for (const [i, kind] of kinds.entries()) {
                const value = row[i] ?? null;
                if (value === null) appender.appendNull();
                else if (kind === 'text') appender.appendVarchar(String(value));
                else if (kind === 'bigint') appender.appendBigInt(BigInt(value));
                else appender.appendDouble(Number(value));
              }
              appender.endRow();
            }
            appender.flushSync();
          } catch (cause) {
            failed(cause);
          }
        }
      } finally {
        closeFlushed(appender);
      }
    });
    return made;
  }

  async rows(query: Query, options?: RunOptions) {
    return this.#run(query, options, (result) => result.getRowObjectsJson());
  }

  async collect(query: Query, options?: RunOptions): Promise<Columns> {
    const result = await this.#run(query, options, (whole) => whole);
    return {
      rowCount: result.rowCount,
      eachValue(column, visit) {
        let row = 0;
        for (let i = 0; i < result.chunkCount; i++) {
          result.getChunk(i).visitColumnValues(column, (value) => visit(cellOf(value), row++));
        }
      },
    };
  }

  async write(query: Query, path: string, options: RunOptions = {}): Promise<void> {
    await this.#copy(
      query,
      `${plainText(path)} (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
      () => [path],
      options,
    );
  }

  async writeParts(query: Query, target: Parameters<Engine['writeParts']>[1], options: RunOptions = {}) {
    const { folder, suffix, rows } = target;
    const groups = Math.max(1, Math.ceil(rows / ROW_GROUP_ROWS));
    const into = `${plainText(folder)} (FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, ROW_GROUPS_PER_FILE ${groups}, FILENAME_PATTERN ${plainText(`part-{i}-${suffix}`)}, OVERWRITE_OR_IGNORE true, RETURN_STATS true)`;
    const numberOf = (path: string): number => Number(/part-(\d+)-[^/\\]*$/.exec(path)?.[1]);
    const paths = await this.#copy(
      query,
      into,
      (files) => files.toSorted((a, b) => numberOf(a) - numberOf(b)),
      options,
    );
    return paths.map((path) => basename(path));
  }

  scanTyped(files: RowFiles['files']): Sql {
    return typedRows(files);
  }

  /** Copies the rows of a query to files, and marks the times in them. `of` gives the files in order of those that DuckDB has written. */
  async #copy(
    query: Query,
    target: string,
    of: (written: readonly string[]) => readonly string[],
    options: RunOptions,
  ): Promise<readonly string[]> {
    return this.#connected(subjectOf(query), options, async ({ session, connection, failed }) => {
      const statement = statementOf(query, session.kept);
      const described = await connection.runAndReadAll(`DESCRIBE ${statement}`).catch(failed);
      const times = described
        .getRowObjectsJson()
        .filter((row) => String(row['column_type']).startsWith('TIMESTAMP'))
        .map((row) => `"${String(row['column_name'])}"`);
      const replaced = times.map((name) => `CAST(${name} AS TIMESTAMP_MS) AS ${name}`).join(', ');
      const columns = times.length === 0 ? '*' : `* REPLACE (${replaced})`;
      const copied = await connection
        .runAndReadAll(`COPY (SELECT ${columns} FROM (${statement}) q) TO ${target}`)
        .catch(failed);
      const stats = copied.getRowObjectsJson().filter((row) => row['filename'] !== undefined);
      const isEmpty = (row: (typeof stats)[number]): boolean => Number(row['count']) === 0;
      // DuckDB may end with a file without rows.
      for (const row of stats.filter(isEmpty)) await rm(String(row['filename']));
      const files = of(stats.filter((row) => !isEmpty(row)).map((row) => String(row['filename'])));
      for (const path of files) await markTimesAsUtc(path, times.length).catch(failed);
      return files;
    });
  }

  async keep(target: Frame, options: RunOptions = {}): Promise<void> {
    const table = `kept_${this.#tables++}_${target.name}`;
    await this.#connected(subjectOf(target), options, async ({ session, connection, failed }) => {
      await connection.run(`CREATE TABLE ${table} AS ${statementOf(target, session.kept)}`).catch(failed);
      session.kept.set(target, table);
    });
  }

  async describe(target: Frame, rowCount: number, options?: RunOptions) {
    const rows = await this.rows(sql`SELECT * FROM ${target} LIMIT ${rowCount}`, options);
    const summarized = sql.relation(sql`(SUMMARIZE SELECT * FROM ${target})`);
    return { rows, summary: await this.rows(sql`SELECT * FROM ${summarized} s`, options) };
  }

  async close(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    await closeSession(session);
  }

  #run<T>(query: Query, options: RunOptions = {}, take: (result: DuckDBMaterializedResult) => T | Promise<T>) {
    return this.#connected(subjectOf(query), options, async ({ session, connection, failed }) =>
      take(await connection.run(statementOf(query, session.kept)).catch(failed)),
    );
  }

  /** Does some work on a connection of its own; `close` stops it and waits for it. */
  async #connected<T>(subject: string, options: RunOptions, work: (given: Work) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    const session = (this.#session ??= openSession(this.#options));
    const running = onConnection(session, subject, options, work);
    session.running.add(running);
    return running.finally(() => session.running.delete(running));
  }
}

/** Every batch was flushed; after a flush that failed, closing repeats its error. */
function closeFlushed(appender: DuckDBAppender): void {
  try {
    appender.closeSync();
  } catch {
    return;
  }
}

/** Where DuckDB takes no expression. */
function plainText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function columnTypeOf(type: string): Required<RowColumn>['type'] {
  if (/^(TIMESTAMP|DATE)/.test(type)) return type.includes('[') ? 'nested' : 'time';
  if (/[[(]/.test(type) && !type.startsWith('DECIMAL')) return 'nested';
  return type === 'DOUBLE' || type === 'FLOAT' ? 'double' : 'text';
}

function cellOf(value: DuckDBValue): CellValue {
  return value === null || typeof value !== 'object' ? value : String(value);
}
