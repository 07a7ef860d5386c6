import { setTimeout as delay } from 'node:timers/promises';
import type { Client, DatabaseError } from 'pg';
import { EtlError } from '../errors.js';
import { secretIn } from '../settings.js';

/** An open transaction that may only read. */
export interface Session {
  readonly client: Client;
  /** Aborts when the connection is lost. */
  readonly lost: AbortSignal;
}

/** Attempts before work fails for good: about 15 s of waits. */
const MAX_ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

const CONNECT_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 10_000;

/** What makes every server write values alike. */
const SESSION = [
  'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  "SET LOCAL client_encoding = 'UTF8'",
  "SET LOCAL datestyle = 'ISO, YMD'",
  "SET LOCAL timezone = 'UTC'",
];

/**
 * Does some work in one transaction that only reads. Where the connection is lost, the work is asked for again a few times, in another transaction.
 * @param variable the name of the environment variable that holds the address; messages have it in place of the address, which may hold a password
 * @throws EtlError ETL_OPTIONS_INVALID without an address, ETL_DATABASE_DENIED, ETL_DATABASE_FAILED, and what `work` throws of its own.
 */
export async function inDatabase<T>(
  variable: string,
  work: (session: Session) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const address = addressIn(variable);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await inTransaction(address, work, signal);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof EtlError) throw cause;
      const failure = failureOf(cause, variable, attempt);
      if (!failure.passes || attempt === MAX_ATTEMPTS) throw failure.error;
    }
    await delay(FIRST_WAIT_MS * 2 ** (attempt - 1), undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

function addressIn(variable: string): string {
  const address = secretIn(variable);
  if (address !== undefined && /^postgres(ql)?:\/\//.test(address) && URL.canParse(address)) return address;
  const problem = address === undefined ? 'is not set' : 'does not hold an address of PostgreSQL';
  throw new EtlError(
    'ETL_OPTIONS_INVALID',
    `The environment variable ${variable} ${problem}; set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE.`,
  );
}

async function inTransaction<T>(
  address: string,
  work: (session: Session) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  // On demand: only those who have a database wait for it.
  const { Client } = await import('pg');
  const client = new Client({
    connectionString: address,
    application_name: 'attractions',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });
  const lost = new AbortController();
  // Without a listener, a lost connection would end the process.
  client.on('error', (error) => lost.abort(error));
  client.on('end', () => lost.abort(new Error('The connection ended.')));
  const hangUp = (): void => void client.connection.stream.destroy();
  signal?.addEventListener('abort', hangUp, { once: true });
  let isDone = false;
  try {
    await client.connect();
    for (const statement of SESSION) await client.query(statement);
    const found = await work({ client, lost: lost.signal });
    await client.query('COMMIT');
    isDone = true;
    return found;
  } finally {
    signal?.removeEventListener('abort', hangUp);
    // A connection in the middle of a copy cannot be asked to close.
    if (isDone) await client.end().catch(() => undefined);
    else hangUp();
  }
}

/** What a failure means, and whether another attempt may succeed. */
function failureOf(cause: unknown, variable: string, attempts: number): { error: EtlError; passes: boolean } {
  const { code = '', message } = cause as Partial<DatabaseError> & { message: string };
  const where = `The database of ${variable}`;
  const said = message.replace(/\.$/, '');
  const denied = (problem: string): { error: EtlError; passes: boolean } => ({
    error: new EtlError('ETL_DATABASE_DENIED', problem, { cause }),
    passes: false,
  });
  if (/^28/.test(code)) return denied(`${where} refuses the login: ${said}; correct user and password in ${variable}.`);
  if (code === '3D000') return denied(`${where} is not there: ${said}; correct its name in ${variable}.`);
  if (code === '42501') return denied(`${where} refuses the query: ${said}; GRANT SELECT to the user of ${variable}.`);
  if (code === '25006')
    return denied(`The query would change the database of ${variable}: ${said}; a \`query\` may only read.`);
  if (/^(42|22|21|0A|2F)/.test(code)) return denied(`${where} refuses the query: ${said}; correct \`query\`.`);
  if (code === '57014')
    return denied(
      `${where} stopped the query: ${said}; raise statement_timeout for its user, or make the query faster.`,
    );
  if (code === 'ENOTFOUND') return denied(`${where} is not found: ${said}; correct the host in ${variable}.`);
  const fix = `is the server running, and does ${variable} say the right host and port?`;
  const error = new EtlError(
    'ETL_DATABASE_FAILED',
    `${where} could not be read in ${attempts} attempts (${said || code}); nothing was committed. Run again when it answers: ${fix}`,
    { cause },
  );
  return { error, passes: !LASTING.test(code) };
}

/** Codes of the system that no attempt changes: a full disk, a certificate that is not trusted. */
const LASTING = /^(ENOSPC|EACCES|EROFS|EDQUOT|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS)/;
