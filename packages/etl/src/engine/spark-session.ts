import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SparkError, SparkSession } from '@attractions/spark';
import { EtlError } from '../errors.js';
import { sql } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import { duckDbEngine } from './duckdb.js';
import type { Engine, RunOptions } from './engine.js';

/** How a Spark Connect server is used. */
export interface SparkOptions {
  /** `sc://host:port/;token=…` */
  readonly remote: string;
  /** What the embedded DuckDB, which prepares files for the server, may hold in memory. */
  readonly memoryLimitMb?: number;
}

/** A session on a server, from a first query to the next close. */
export interface Session {
  readonly opened: Promise<Opened>;
  /** Views of this session by their names; each is made at the first query that needs it. */
  readonly views: Map<string, Promise<void>>;
  readonly kept: Map<Frame, string>;
  readonly running: Set<Promise<unknown>>;
  /** Aborts when the engine is closed, and with it all that runs. */
  readonly closing: AbortController;
}

/** What there is once the server has answered. */
interface Opened {
  readonly spark: SparkSession;
  /** Whether the server is Apache Spark; Sail knows less of files. */
  readonly isSpark: boolean;
  /** A folder that this machine and the server share. */
  readonly scratch: string;
  /** Reads and writes files on this machine. */
  readonly local: Engine;
}

/** Some work on the server. */
export interface Work extends Opened {
  readonly session: Session;
  /** With a signal that aborts when the engine is closed, too. */
  readonly how: RunOptions;
}

/** Texts of times mean UTC, a TIMESTAMP without a zone is one, and files have the times that feeds want. */
const SETTINGS = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.timestampType': 'TIMESTAMP_NTZ',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.parquet.outputTimestampType': 'TIMESTAMP_MILLIS',
};

/** A path that neither server takes for a pattern or an address. */
export const isPlain = (path: string): boolean => /^[\w/.=+-]+$/.test(path);

/** Begins a session. A server that is not there is noticed at the first query. */
export function openSession(options: SparkOptions): Session {
  const closing = new AbortController();
  const opened = open(options);
  opened.catch(() => undefined);
  return { opened, views: new Map(), kept: new Map(), running: new Set(), closing };
}

async function open({ remote, memoryLimitMb }: SparkOptions): Promise<Opened> {
  const { connect } = await import('@attractions/spark');
  const spark = await connect(remote);
  const local = duckDbEngine(memoryLimitMb === undefined ? {} : { memoryLimitMb });
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-spark-'));
  try {
    await spark.configure(SETTINGS);
    // A server of another user needs the group.
    await chmod(scratch, 0o770);
    return { spark, local, scratch, isSpark: await isSharedWithSpark(spark, local, scratch) };
  } catch (error) {
    await closeAll({ spark, local, scratch });
    throw error;
  }
}

/**
 * Lets the server read a file that was written here. Whether it can say where its rows are from tells Apache Spark from Sail.
 * @throws EtlError ETL_OPTIONS_INVALID where it does not see the file.
 */
async function isSharedWithSpark(spark: SparkSession, local: Engine, scratch: string): Promise<boolean> {
  const { sql: sparkSql } = await import('@attractions/spark');
  const [mark, path] = [randomUUID(), join(scratch, 'mark.parquet')];
  await local.write(sql`SELECT ${mark} AS mark`, path);
  const seen = async (columns: string): Promise<boolean> => {
    const table = await spark.collect(sparkSql(`SELECT ${columns} FROM parquet.\`file://${path}\``));
    return table.numRows === 1 && table.getChild('mark')?.get(0) === mark;
  };
  if (isPlain(scratch)) {
    if (await seen('mark, _metadata.row_index AS place').catch(() => false)) return true;
    if (await seen('mark').catch(() => false)) return false;
  }
  throw new EtlError(
    'ETL_OPTIONS_INVALID',
    `The server of SPARK_REMOTE cannot read '${path}', which was written on this machine; set TMPDIR to a folder that both see under one path of letters, digits and -_.+=, and that both may write to.`,
  );
}

/** Stops what runs, waits for it, ends the session, and removes its files. */
export async function closeSession({ closing, running, opened }: Session): Promise<void> {
  closing.abort(new Error('The engine was closed.'));
  await Promise.allSettled(running);
  const all = await opened.catch(() => undefined);
  if (all) await closeAll(all);
}

async function closeAll({ spark, local, scratch }: Omit<Opened, 'isSpark'>): Promise<void> {
  await Promise.allSettled([spark.close(), local.close()]);
  await rm(scratch, { recursive: true, force: true });
}

/** Does some work on the server; a signal and `closeSession` stop it. */
export async function onServer<T>(
  session: Session,
  subject: string,
  { signal, onProgress }: RunOptions,
  work: (given: Work) => Promise<T>,
): Promise<T> {
  const { closing } = session;
  const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  try {
    const opened = await session.opened;
    stop.throwIfAborted();
    return await work({ ...opened, session, how: { signal: stop, ...(onProgress && { onProgress }) } });
  } catch (thrown) {
    signal?.throwIfAborted();
    throw failureOf(closing.signal.aborted ? closing.signal.reason : thrown, subject);
  }
}

/** What was thrown, as an error of this package. */
function failureOf(cause: unknown, subject: string): unknown {
  if (cause instanceof EtlError) return cause;
  const { name, code, message = String(cause) } = cause as Partial<SparkError>;
  // Plans and stacks follow.
  const [first = ''] = message.trim().split(/\n\s*\n|\n(?=['+=]|== )/);
  const reason = first.length > MOST_CHARACTERS ? `${first.slice(0, MOST_CHARACTERS)}…` : first;
  if (name !== 'SparkError') return new EtlError('ETL_ENGINE_FAILED', `Spark failed in ${subject}: ${reason}`, { cause }); // prettier-ignore
  if (code === 'SPARK_DENIED' || code === 'SPARK_REMOTE_INVALID') return new EtlError('ETL_ENGINE_DENIED', reason, { cause }); // prettier-ignore
  return new EtlError('ETL_ENGINE_FAILED', `Spark failed in ${subject}: ${reason}`, { cause });
}

const MOST_CHARACTERS = 1_000;
