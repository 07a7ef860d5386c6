import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as duckdb from '@duckdb/node-api';
import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBInstance,
  DuckDBMaterializedResult,
  DuckDBValue,
} from '@duckdb/node-api';
import { EtlError } from '../errors.js';
import { frame, sql, statementOf, subjectOf } from '../frame/frame.js';
import type { Frame, Query, Sql } from '../frame/frame.js';
import type { CellValue, Columns, Engine, RunOptions, ScannedFile, TableColumns } from './engine.js';

const require = createRequire(import.meta.url);

/** What makes DuckDB run the SQL that it shares with Spark: settings and Spark's function names. Run once when the engine opens. */
const DIALECT: readonly string[] = [
  "SET GLOBAL TimeZone = 'UTC'",
  "SET GLOBAL default_null_order = 'nulls_first_on_asc_last_on_desc'",
  // No extension is needed; without this, a typing error in a query could reach for the network.
  'SET GLOBAL autoinstall_known_extensions = false',
  'CREATE MACRO timestamp_seconds(x) AS make_timestamp(CAST(x AS BIGINT) * 1000000)',
  'CREATE MACRO timestamp_millis(x) AS make_timestamp(CAST(x AS BIGINT) * 1000)',
  'CREATE MACRO unix_millis(x) AS epoch_ms(x)',
  'CREATE MACRO regexp_like(x, pattern) AS regexp_matches(x, pattern)',
  "CREATE MACRO try_url_decode(x) AS TRY(url_decode(replace(x, '+', ' ')))",
];

const TABLE_TYPES = { text: 'VARCHAR', bigint: 'BIGINT', double: 'DOUBLE' } as const;

/** How often a running query is asked how far it is. */
const PROGRESS_INTERVAL_MS = 100;

/** How often an aborted query is interrupted: DuckDB forgets an interrupt that comes before the query has started. */
const INTERRUPT_INTERVAL_MS = 20;

/** The embedded DuckDB, in memory. Its library is loaded at the first query. */
export function duckDbEngine(): Engine {
  return new DuckDbEngine();
}

class DuckDbEngine implements Engine {
  readonly name = 'duckdb';
  readonly #kept = new Map<Frame, string>();
  #instance: Promise<DuckDBInstance> | undefined;
  #tables = 0;

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
    await this.#connected(subjectOf(made), options, async (connection, failed) => {
      await connection.run(`CREATE TABLE ${table} (${types.join(', ')})`).catch(failed);
      const appender = await connection.createAppender(table);
      try {
        for await (const batch of batches) {
          options.signal?.throwIfAborted();
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
    return (await this.#run(query, options)).getRowObjectsJson();
  }

  async collect(query: Query, options?: RunOptions): Promise<Columns> {
    const result = await this.#run(query, options);
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

  async keep(target: Frame, options: RunOptions = {}): Promise<void> {
    const table = `kept_${this.#kept.size}_${target.name}`;
    const statement = `CREATE TABLE ${table} AS ${statementOf(target, this.#kept)}`;
    await this.#connected(subjectOf(target), options, (connection, failed) => connection.run(statement).catch(failed));
    this.#kept.set(target, table);
  }

  async describe(target: Frame, rowCount: number, options?: RunOptions) {
    const rows = await this.rows(sql`SELECT * FROM ${target} LIMIT ${rowCount}`, options);
    const summarized = sql.relation(sql`(SUMMARIZE SELECT * FROM ${target})`);
    return { rows, summary: await this.rows(sql`SELECT * FROM ${summarized} s`, options) };
  }

  async close(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    this.#kept.clear();
    (await instance?.catch(() => undefined))?.closeSync();
  }

  async #run(query: Query, options: RunOptions = {}): Promise<DuckDBMaterializedResult> {
    const statement = statementOf(query, this.#kept);
    return this.#connected(subjectOf(query), options, (connection, failed) => connection.run(statement).catch(failed));
  }

  /** Does some work on a connection of its own. `failed` throws what DuckDB threw as ETL_ENGINE_FAILED. */
  async #connected<T>(
    subject: string,
    { signal, onProgress }: RunOptions,
    work: (connection: DuckDBConnection, failed: (cause: unknown) => never) => Promise<T>,
  ): Promise<T> {
    const failed = (cause: unknown): never => {
      signal?.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EtlError('ETL_ENGINE_FAILED', `DuckDB failed in ${subject}: ${reason}`, { cause });
    };
    signal?.throwIfAborted();
    this.#instance ??= openInstance();
    const connection = await this.#instance.then((instance) => instance.connect()).catch(failed);
    const timers: NodeJS.Timeout[] = [];
    const interrupt = (): void => {
      connection.interrupt();
      timers.push(setInterval(() => connection.interrupt(), INTERRUPT_INTERVAL_MS));
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    if (onProgress) timers.push(setInterval(() => report(connection, onProgress), PROGRESS_INTERVAL_MS));
    try {
      signal?.throwIfAborted();
      return await work(connection, failed);
    } finally {
      signal?.removeEventListener('abort', interrupt);
      for (const timer of timers) clearInterval(timer);
      connection.closeSync();
    }
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

function report({ progress }: DuckDBConnection, onProgress: (share: number) => void): void {
  // Below 0: not known yet.
  if (progress.percentage >= 0) onProgress(progress.percentage / 100);
}

/** A path that DuckDB does not take for a pattern. */
function pathPattern(path: string): string {
  return path.replace(/[[*?]/g, '[$&]');
}

function cellOf(value: DuckDBValue): CellValue {
  return value === null || typeof value !== 'object' ? value : String(value);
}

/**
 * Loaded on demand: the native library is large, and a program that only imports this package need not wait for it. It is CommonJS; to
 * `import` it, Node would first search its hundred files for names to export, which takes longer than to run them.
 */
async function openInstance(): Promise<DuckDBInstance> {
  const { DuckDBInstance: engine }: typeof duckdb = require('@duckdb/node-api');
  const instance = await engine.create(':memory:', { temp_directory: ownTemporaryFolder() });
  const connection = await instance.connect();
  for (const statement of DIALECT) await connection.run(statement);
  connection.closeSync();
  return instance;
}

/**
 * Where the engine puts what does not fit in memory; it makes the folder when it needs it, and removes it. Its default is `.tmp` in the working
 * folder with the same names of files in every process: two in one working folder write over each other's rows, and crash.
 */
function ownTemporaryFolder(): string {
  return join(tmpdir(), `attractions-etl-${randomUUID()}`);
}
