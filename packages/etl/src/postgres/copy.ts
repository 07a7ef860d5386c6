import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Source as SourceFile } from '@attractions/feeds';
import type { Watermark } from '../files/options.js';
import { BLOCK_BYTES, scanRecords } from '../files/records.js';
import { countRows, lastSettled, markOf, relationOf } from './relation.js';
import type { Mark, Position, Relation } from './relation.js';
import { inDatabase } from './session.js';
import type { Session } from './session.js';

/** A query, and the database that answers it. */
export interface DatabaseQuery {
  /** The name of the environment variable that holds the address. */
  readonly variable: string;
  readonly query: string;
  /** So many rows at most, whatever their watermark; default: all. */
  readonly limit?: number | undefined;
  /** A column that only grows; default: none is known. */
  readonly watermark?: Watermark | undefined;
  /** What was read before: only rows above its watermark are copied. Default: nothing. */
  readonly after?: Position | undefined;
}

/** What a copy holds. */
export interface Copied {
  /** Of the header, at its beginning. */
  readonly headerBytes: number;
  /** How far the query is read with it; absent where no row has a watermark. */
  readonly position?: Position;
}

/**
 * Copies the rows of a query into a csv file with a header: in UTF-8, times as ISO 8601 in UTC, lists as JSON. The server sends them as they come and
 * the file takes them as fast as it is written, so neither side holds them. It is one transaction that only reads; where the connection is lost, it begins anew
 * a few times, since only a transaction knows which rows belong together. With a watermark, rows come in its order, and a lost copy goes on behind the last
 * watermark of which all rows have come; where the rows then are not as many as the server counts, all begins anew.
 * @throws EtlError ETL_OPTIONS_INVALID without an address, ETL_HEADER_UNKNOWN, ETL_DATABASE_DENIED, ETL_DATABASE_FAILED.
 */
export async function copyQuery(wanted: DatabaseQuery, path: string, signal?: AbortSignal): Promise<Copied> {
  let lost: { readonly upto: string | undefined } | undefined;
  const begin = async (header: string): Promise<void> => writeFile(path, header);
  const receiver = () => createWriteStream(path, { flags: 'a' });
  const work = async (session: Session): Promise<Copied> => {
    const { client } = session;
    const relation = await relationOf(client, wanted.query);
    const header = headerOf(relation);
    const headerBytes = Buffer.byteLength(header);
    const mark = wanted.watermark && markOf(relation, wanted.watermark);
    if (mark === undefined || wanted.limit !== undefined) {
      await begin(header);
      await receive(session, rowsOf(relation, wanted), receiver());
      return { headerBytes };
    }
    const kept = lost && (await cutToWhole(path, mark));
    const upto = lost && kept ? lost.upto : await lastSettled(client, relation, mark, wanted.after?.upto);
    if (!kept) await begin(header);
    lost = { upto };
    const all = conditionOf(mark, wanted.after?.upto, upto);
    const condition = kept ? `(${all}) AND (${mark.above(kept.upto)} OR ${mark.column} IS NULL)` : all;
    const copied = await receive(session, rowsOf(relation, { condition, order: mark.column }), receiver());
    const rows = (kept?.rows ?? 0) + copied;
    if (kept && (await countRows(client, relation, all)) !== rows) {
      lost = undefined;
      throw new Error('rows were changed while the connection was lost');
    }
    return { headerBytes, ...(upto !== undefined && { position: { rows: (wanted.after?.rows ?? 0) + rows, upto } }) };
  };
  return inDatabase(wanted.variable, work, signal);
}

/** Rows that are not read yet, up to a watermark. Those without a watermark are read with the first ones. */
function conditionOf({ column, above, upTo }: Mark, after: string | undefined, upto: string | undefined): string {
  if (after !== undefined) return upto === undefined ? 'false' : `${above(after)} AND ${upTo(upto)}`;
  return upto === undefined ? `${column} IS NULL` : `${column} IS NULL OR ${upTo(upto)}`;
}

/** What has become of a query that was read: whether there are more rows to read, or those that were read are others now. */
export async function becameOf(
  { variable, query, watermark }: DatabaseQuery,
  known: SourceFile,
  signal?: AbortSignal,
): Promise<'same' | 'grown' | 'changed'> {
  const before = positionIn(known);
  if (watermark === undefined)
    return (await digestOf({ variable, query }, signal)) === known.sha256 ? 'same' : 'changed';
  if (before === undefined) return 'changed';
  const work = async ({ client }: Session): Promise<'same' | 'grown' | 'changed'> => {
    const relation = await relationOf(client, query);
    const mark = markOf(relation, watermark);
    // Apart, so that an index answers each.
    const [marked, unmarked] = [mark.upTo(before.upto), `${mark.column} IS NULL`];
    const rows = (await countRows(client, relation, marked)) + (await countRows(client, relation, unmarked));
    if (rows !== before.rows) return 'changed';
    return (await lastSettled(client, relation, mark, before.upto)) === undefined ? 'same' : 'grown';
  };
  return inDatabase(variable, work, signal);
}

/** How far a source was read, as its version says. */
export function positionIn({ version = '' }: Pick<SourceFile, 'version'>): Position | undefined {
  const [, rows, upto] = /^(\d+) rows to (.*)$/s.exec(version) ?? [];
  return upto === undefined ? undefined : { rows: Number(rows), upto };
}

/** The version of a source that was read so far. */
export const versionOf = ({ rows, upto }: Position): string => `${rows} rows to ${upto}`;

/** SHA-256 of the file that a copy would be. */
async function digestOf({ variable, query }: DatabaseQuery, signal: AbortSignal | undefined): Promise<string> {
  const work = async (session: Session): Promise<string> => {
    const relation = await relationOf(session.client, query);
    const hash = createHash('sha256');
    hash.update(headerOf(relation));
    const receiver = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        hash.update(chunk);
        done();
      },
    });
    await receive(session, rowsOf(relation, {}), receiver);
    return hash.digest('hex');
  };
  return inDatabase(variable, work, signal);
}

const headerOf = ({ columns }: Relation): string =>
  `${columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(',')}\n`;

function rowsOf(
  { from, columns }: Relation,
  {
    condition,
    order,
    limit,
  }: { readonly condition?: string; readonly order?: string; readonly limit?: number | undefined },
): string {
  const values = columns.map(({ category }, i) => (category === 'A' ? `to_json(c${i})` : `c${i}`));
  const where = condition === undefined ? '' : ` WHERE ${condition}`;
  const ordered = order === undefined ? '' : ` ORDER BY ${order}`;
  return `SELECT ${values.join(', ')} FROM ${from}${where}${ordered}${limit === undefined ? '' : ` LIMIT ${limit}`}`;
}

/** Lets the server send rows as csv, and says how many they were. */
async function receive({ client, lost }: Session, rows: string, receiver: Writable): Promise<number> {
  const { to: copyTo } = await import('pg-copy-streams');
  const stream = client.query(copyTo(`COPY (${rows}) TO STDOUT (FORMAT csv)`));
  try {
    await pipeline(stream, receiver, { signal: lost });
  } catch (cause) {
    throw lost.aborted ? lost.reason : cause;
  }
  // The count comes behind the rows, and before what is asked next.
  await client.query('SELECT 1');
  return (stream as unknown as { readonly rowCount: number }).rowCount;
}

/** How much of the end of a lost copy is looked at. */
const TAIL_BYTES = 1 << 22;

const CSV = { delimiter: 0x2c, quote: 0x22 };

/**
 * Cuts a file that a lost copy left after the last row of which it is known that no other has its watermark: those that follow have a greater one.
 * Leaves the file as it is where there is none at its end.
 */
async function cutToWhole(path: string, { place }: Mark): Promise<Position | undefined> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    let end = 0;
    const starts: number[] = [];
    const scan = scanRecords(CSV, (start, recordEnd) => {
      if (start > 0 && start >= size - TAIL_BYTES) starts.push(start);
      end = recordEnd;
    });
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    for (let at = 0; at < size; at += BLOCK_BYTES) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, at);
      scan.scan(block.subarray(0, bytesRead));
    }
    const [first] = starts;
    if (first === undefined) return undefined;
    const tail = Buffer.alloc(end - first);
    await file.read(tail, 0, tail.length, first);
    // On demand: hardly ever is a connection lost.
    const { parse } = await import('csv-parse/sync');
    const marks = (parse(tail, { relax_column_count: true }) as string[][]).map((row) => row[place] ?? '');
    const last = marks.findLastIndex((mark, i) => i + 1 < marks.length && mark !== marks[i + 1]);
    const [upto, cut] = [marks[last], starts[last + 1]];
    if (upto === undefined || cut === undefined) return undefined;
    await file.truncate(cut);
    // Without the header, and without those that are cut off.
    return { rows: scan.records - 1 - (marks.length - last - 1), upto };
  } finally {
    await file.close();
  }
}
