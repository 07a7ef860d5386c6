/**
 * The life of a batch in the spool, a folder of chunks that are never changed:
 *
 *     <spool>/<uuid>-<n>/00000007.ndjson       open: its owner adds chunks
 *     <spool>/<uuid>-<n>.12/00000007.ndjson    closed: the chunks up to 12 are one update of the feed; its run id is the name before the dot
 *
 * Any process may close and commit any batch, even while its owner runs, and several may do so at once: nothing is lost and nothing is committed twice
 * (tools/decisions/0007). A missing file was committed by another process.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FeedsError } from '@attractions/feeds';
import type { FeedStore, Producer } from '@attractions/feeds';
import type { Sink } from './sink.js';

/** The result of committing some batches. */
export interface Commit {
  /** Rows that are now in the feed. */
  readonly committed: number;
  /** Rows that the feed had before. */
  readonly known: number;
  readonly rejected: readonly Rejected[];
  /** Batches that are still in the spool. */
  readonly failed: readonly { readonly batch: string; readonly problem: string }[];
}

/** Lines of a chunk that the feed's contract refuses. They are kept in `file`, each with its reason; `reason` is the first. */
interface Rejected {
  readonly file: string;
  readonly lines: number;
  readonly reason: string;
}

/** The parts of the name of a batch's folder; without `chunks` while it is open. */
interface BatchName {
  readonly batch: string;
  readonly chunks?: number;
}

interface ClosedBatch extends BatchName {
  readonly folder: string;
  readonly chunks: number;
}

/** Lines of a chunk that the contract of the feed refuses, unchanged, with the reason. They are kept apart, since one of them would block all others. */
interface Refused {
  readonly chunk: string;
  readonly lines: { readonly reason: string; readonly line: string }[];
}

/** Rows that are put at a time: chunks are small, and every piece of a Parquet file costs something. */
const ROWS_AT_ONCE = 4_096;

/** Where lines that the feed refuses are kept, in the spool. */
export const REJECTS = '_rejects';

/**
 * Closes batches, commits each as one update, and removes it. A batch that fails does not stop the others, unless the store itself fails.
 * @param names of folders in the spool
 */
export async function commitBatches<R>(
  sink: Sink<R>,
  store: FeedStore,
  spool: string,
  names: readonly string[],
  producer: Producer,
): Promise<Commit> {
  let [committed, known] = [0, 0];
  const rejected: Rejected[] = [];
  const failed: Commit['failed'][number][] = [];
  for (const name of names) {
    try {
      const batch = await close(spool, name);
      if (batch === undefined) continue;
      const { chunks, refused } = await rowsIn(sink, batch);
      const added = await sink.put(store, chunks, { producer, runId: batch.batch });
      committed += added.committed;
      known += added.known;
      rejected.push(...(await setAside(spool, batch, await refused())));
      await remove(spool, batch);
    } catch (error) {
      failed.push({ batch: name, problem: String(error) });
      if (error instanceof FeedsError && error.code.startsWith('FEEDS_STORE_')) break;
    }
  }
  return { committed, known, rejected, failed };
}

/** The folders of batches in a spool, open and closed. */
export async function batchesIn(spool: string): Promise<string[]> {
  return (await readdir(spool)).filter((name) => nameOf(name) !== undefined).sort();
}

/** Undefined where it is not the name of a batch. */
export function nameOf(name: string): BatchName | undefined {
  const [, batch, chunks] = /^([0-9a-f-]{36}-\d+)(?:\.(\d+))?$/.exec(name) ?? [];
  return batch === undefined ? undefined : { batch, ...(chunks !== undefined && { chunks: Number(chunks) }) };
}

/** The name of the nth chunk; names sort in the order of n. */
export function chunkName(n: number): string {
  return `${String(n).padStart(8, '0')}.ndjson`;
}

/**
 * Only one rename of a folder succeeds. The new name says which chunks belong to the batch; chunks that the owner adds later do not. Undefined where another
 * process was faster.
 */
async function close(spool: string, name: string): Promise<ClosedBatch | undefined> {
  const { batch, chunks } = nameOf(name) ?? {};
  if (batch === undefined) return undefined;
  if (chunks !== undefined) return { batch, chunks, folder: join(spool, name) };
  const found = await unlessGone(readdir(join(spool, name)));
  if (found === undefined) return undefined;
  const last = Math.max(0, ...found.map(numberOf));
  const folder = join(spool, `${batch}.${last}`);
  const closed = await unlessGone(rename(join(spool, name), folder).then(() => ({ batch, chunks: last, folder })));
  // If a power failure undid the rename after the commit, a later chunk would look like a committed one.
  if (closed) await syncFolder(spool);
  return closed;
}

/**
 * Reads the chunks of a batch, in order, as often as it is asked. A missing chunk means that another process has committed the batch and is removing it.
 * `refused` is what the last complete reading left out; it reads the batch if none was complete.
 */
async function rowsIn<R>(sink: Sink<R>, { folder, chunks: last }: ClosedBatch) {
  const names = ((await unlessGone(readdir(folder))) ?? [])
    .filter((name) => numberOf(name) > 0 && numberOf(name) <= last)
    .sort();
  let complete: Refused[] | undefined;
  async function* chunks(): AsyncGenerator<readonly R[]> {
    const refused: Refused[] = [];
    let rows: R[] = [];
    for (const chunk of names) {
      const lines: Refused['lines'] = [];
      const text = (await unlessGone(readFile(join(folder, chunk), 'utf8'))) ?? '';
      for (const line of text.split('\n')) {
        if (line === '') continue;
        const row = sink.rowOf(line);
        const reason = typeof row === 'string' ? row : sink.problem(row);
        if (typeof row === 'string' || reason !== undefined) lines.push({ reason: String(reason), line });
        else rows.push(row);
      }
      if (lines.length > 0) refused.push({ chunk, lines });
      if (rows.length < ROWS_AT_ONCE) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
    complete = refused;
  }
  const refused = async (): Promise<readonly Refused[]> => {
    if (complete === undefined) for await (const rows of chunks()) void rows;
    return complete ?? [];
  };
  return { chunks, refused };
}

/** Removes a committed batch. Chunks that were added after it was closed become a new batch. */
async function remove(spool: string, { folder, chunks }: ClosedBatch): Promise<void> {
  const names = (await unlessGone(readdir(folder))) ?? [];
  const late = names.filter((name) => numberOf(name) > chunks);
  // Unfinished parts are removed too: their owner still has the lines in memory and begins a new batch.
  for (const name of names) if (!late.includes(name)) await unlessGone(unlink(join(folder, name)));
  if (late.length > 0) {
    const other = join(spool, `${randomUUID()}-1`);
    await mkdir(other);
    for (const name of late) await unlessGone(rename(join(folder, name), join(other, name)));
    await Promise.all([syncFolder(other), syncFolder(folder)]);
    await removeIfEmpty(other);
  }
  await removeIfEmpty(folder);
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
  });
}

/** Writes refused lines to files. Their names and contents depend only on the chunk, so repeating this changes nothing. */
async function setAside(spool: string, { batch }: BatchName, refused: readonly Refused[]): Promise<Rejected[]> {
  const rejected: Rejected[] = [];
  for (const { chunk, lines } of refused) {
    const file = join(spool, REJECTS, `${batch}-${chunk}`);
    await mkdir(join(spool, REJECTS), { recursive: true });
    await writeFile(file, lines.map((one) => `${JSON.stringify(one)}\n`).join(''), { flush: true });
    rejected.push({ file, lines: lines.length, reason: lines[0]?.reason ?? '' });
  }
  return rejected;
}

/** The number in the name of a chunk; 0 where it is not a chunk. */
function numberOf(name: string): number {
  return Number(/^(\d+)\.ndjson$/.exec(name)?.[1] ?? 0);
}

/** Syncs a folder, which makes new names in it durable. Does nothing on Windows, which cannot sync folders, or where the folder is gone. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await unlessGone(open(path, 'r'));
  if (folder === undefined) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether an error has one of these system error codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

async function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
