import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, DatabaseError } from 'pg';
import { EtlError } from '../errors.js';
import { secretIn } from '../settings.js';

/** A query, and the database that answers it. */
export interface DatabaseQuery {
  /** The name of the environment variable that holds the address; messages have it in place of the address, which may hold a password. */
  readonly variable: string;
  readonly query: string;
  /** So many rows at most; default: all. */
  readonly limit?: number;
}

/** Attempts at a copy before it fails for good: about 15 s of waits. */
const MAX_ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

const CONNECT_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 10_000;

/**
 * Copies the rows of a query into a csv file with a header: in UTF-8, times as ISO 8601 in UTC, lists as JSON. The server sends them as they come and
 * the file takes them as fast as it is written, so neither side holds them. It is one transaction that only reads; where the connection is lost, it begins anew
 * a few times, since only a transaction knows which rows belong together.
 * @throws EtlError ETL_OPTIONS_INVALID without an address, ETL_DATABASE_DENIED, ETL_DATABASE_FAILED.
 */
export async function copyQuery(
  { variable, ...wanted }: DatabaseQuery,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const address = addressIn(variable);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await copyOnce(address, wanted, path, signal);
    } catch (cause) {
      signal?.throwIfAborted();
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

async function copyOnce(
  address: string,
  { query, limit }: Omit<DatabaseQuery, 'variable'>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // On demand: only those who have a database wait for it.
  const [{ Client }, { to: copyTo }] = await Promise.all([import('pg'), import('pg-copy-streams')]);
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
    const columns = await columnsOf(client, query);
    const names = columns.map((_, i) => `c${i}`);
    const values = columns.map(({ isList }, i) => (isList ? `to_json(c${i})` : `c${i}`));
    const rows = `SELECT ${values.join(', ')} FROM (${bare(query)}\n) AS q(${names.join(', ')})`;
    const bounded = limit === undefined ? rows : `${rows} LIMIT ${limit}`;
    const header = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(',');
    await writeFile(path, `${header}\n`);
    const stream = client.query(copyTo(`COPY (${bounded}) TO STDOUT (FORMAT csv)`));
    try {
      await pipeline(stream, createWriteStream(path, { flags: 'a' }), { signal: lost.signal });
    } catch (cause) {
      throw lost.signal.aborted ? lost.signal.reason : cause;
    }
    await client.query('COMMIT');
    isDone = true;
  } finally {
    signal?.removeEventListener('abort', hangUp);
    // A connection in the middle of a copy cannot be asked to close.
    if (isDone) await client.end().catch(() => undefined);
    else hangUp();
  }
}

/** What makes every server write values alike. */
const SESSION = [
  'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  "SET LOCAL client_encoding = 'UTF8'",
  "SET LOCAL datestyle = 'ISO, YMD'",
  "SET LOCAL timezone = 'UTC'",
];

/** The columns of a query, which is not run for it. */
async function columnsOf(client: Client, query: string): Promise<readonly { name: string; isList: boolean }[]> {
  // The extended protocol takes one statement only.
  const { fields } = await client.query({
    text: `SELECT * FROM (${bare(query)}\n) AS q LIMIT 0`,
    queryMode: 'extended',
  } as { text: string });
  const { rows } = await client.query<{ oid: number }>("SELECT oid FROM pg_type WHERE typcategory = 'A'");
  const lists = new Set(rows.map(({ oid }) => Number(oid)));
  return fields.map(({ name, dataTypeID }) => ({ name, isList: lists.has(dataTypeID) }));
}

const bare = (query: string): string => query.trim().replace(/;\s*$/, '');

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
