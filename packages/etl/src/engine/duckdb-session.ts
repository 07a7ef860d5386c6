import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as duckdb from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { EtlError } from '../errors.js';
import type { Frame } from '../frame/frame.js';
import type { RunOptions } from './engine.js';

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
  'CREATE MACRO sha2(x, bits) AS sha256(x)',
  // From hexadecimal digits to decimal ones; other bases are not needed.
  "CREATE MACRO conv(x, of, to_base) AS CAST(CAST('0x' || x AS UBIGINT) AS VARCHAR)",
  // What stands in one list where `x` stands in another.
  'CREATE MACRO element_beside(xs, x, ys) AS list_extract(ys, list_position(xs, x))',
  // Texts as milliseconds since 1970, NULL where they are no times.
  'CREATE MACRO iso_millis(x) AS epoch_ms(try_cast(x AS TIMESTAMPTZ))',
  'CREATE MACRO seconds_millis(x) AS try_cast(floor(try_cast(x AS DOUBLE) * 1000) AS BIGINT)',
  'CREATE MACRO whole_millis(x) AS try_cast(floor(try_cast(x AS DOUBLE)) AS BIGINT)',
  'CREATE MACRO micros_millis(x) AS try_cast(x AS BIGINT) // 1000',
  'CREATE MACRO pattern_millis(x, pattern) AS epoch_ms(try_strptime(x, pattern))',
  // RFC 2104 on pads that hold the key, as hex digits.
  'CREATE MACRO hmac_sha256(x, inner_pad, outer_pad) AS sha256(unhex(outer_pad) || unhex(sha256(unhex(inner_pad) || encode(x))))',
  // A JSON list of texts as one text; any other text as it is.
  "CREATE MACRO joined_list(x) AS CASE WHEN x LIKE '[%]' THEN coalesce(TRY(array_to_string(CAST(CAST(x AS JSON) AS VARCHAR[]), '|')), x) ELSE x END",
  "CREATE MACRO try_url_decode(x) AS TRY(url_decode(replace(x, '+', ' ')))",
];

/** How often a running query is asked how far it is. */
const PROGRESS_INTERVAL_MS = 100;

/** How often an aborted query is interrupted: DuckDB forgets an interrupt that comes before the query has started. */
const INTERRUPT_INTERVAL_MS = 20;

/** How the embedded DuckDB is run. */
export interface DuckDbOptions {
  /** What it may hold in memory; the rest goes to a temporary folder. Default: four fifths of the machine's. */
  readonly memoryLimitMb?: number;
}

/** The engine from a first query to the next close. */
export interface Session {
  readonly instance: Promise<DuckDBInstance>;
  readonly kept: Map<Frame, string>;
  readonly running: Set<Promise<unknown>>;
  /** Aborts when the engine is closed, and with it all that runs. */
  readonly closing: AbortController;
}

/** A connection for one piece of work. */
export interface Work {
  readonly session: Session;
  readonly connection: DuckDBConnection;
  /** Throws what DuckDB threw as ETL_ENGINE_FAILED, or why the work was stopped. */
  readonly failed: (cause: unknown) => never;
  readonly throwIfStopped: () => void;
}

/** Starts an engine; that it cannot be started shows at the first connection. */
export function openSession(options: DuckDbOptions): Session {
  return { instance: openInstance(options), kept: new Map(), running: new Set(), closing: new AbortController() };
}

/** Stops what runs, waits for it, and frees the engine. */
export async function closeSession({ closing, running, instance }: Session): Promise<void> {
  closing.abort(new Error('The engine was closed.'));
  // DuckDB frees the instance at once, and the process crashes if another thread is connecting to it.
  await Promise.allSettled(running);
  (await instance.catch(() => undefined))?.closeSync();
}

/** Does some work on a connection of its own; a signal and `closeSession` stop it. */
export async function onConnection<T>(
  session: Session,
  subject: string,
  { signal, onProgress }: RunOptions,
  work: (given: Work) => Promise<T>,
): Promise<T> {
  const { closing } = session;
  const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  const failed = (thrown: unknown): never => {
    signal?.throwIfAborted();
    const cause: unknown = closing.signal.aborted ? closing.signal.reason : thrown;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EtlError('ETL_ENGINE_FAILED', `DuckDB failed in ${subject}: ${reason}`, { cause });
  };
  const throwIfStopped = (): void => {
    if (stop.aborted) failed(stop.reason);
  };
  const connection = await session.instance.then((instance) => instance.connect()).catch(failed);
  const timers: NodeJS.Timeout[] = [];
  const interrupt = (): void => {
    connection.interrupt();
    timers.push(setInterval(() => connection.interrupt(), INTERRUPT_INTERVAL_MS));
  };
  stop.addEventListener('abort', interrupt, { once: true });
  if (onProgress) timers.push(setInterval(() => report(connection, onProgress), PROGRESS_INTERVAL_MS));
  try {
    throwIfStopped();
    return await work({ session, connection, failed, throwIfStopped });
  } finally {
    stop.removeEventListener('abort', interrupt);
    for (const timer of timers) clearInterval(timer);
    connection.closeSync();
  }
}

function report({ progress }: DuckDBConnection, onProgress: (share: number) => void): void {
  // Below 0: not known yet.
  if (progress.percentage >= 0) onProgress(progress.percentage / 100);
}

/**
 * Loaded on demand: the native library is large, and a program that only imports this package need not wait for it. It is CommonJS; to
 * `import` it, Node would first search its hundred files for names to export, which takes longer than to run them.
 */
async function openInstance({ memoryLimitMb }: DuckDbOptions): Promise<DuckDBInstance> {
  const { DuckDBInstance: engine }: typeof duckdb = require('@duckdb/node-api');
  const instance = await engine.create(':memory:', {
    temp_directory: ownTemporaryFolder(),
    ...(memoryLimitMb !== undefined && { memory_limit: `${memoryLimitMb}MB` }),
  });
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
