import { readFile, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { exposures } from '@attractions/feeds';
import type { FeedStore, Producer } from '@attractions/feeds';
import { exposuresIn } from './line.js';

/** Segments to commit, all of one process's folder. */
export interface Batch {
  readonly folder: string;
  readonly segments: readonly string[];
}

/**
 * Commits segments, each as one update, and removes them. The name of a segment is the id of its run, so one that was committed just before its
 * process died is not committed twice.
 * @returns how many lists were committed
 */
export async function commitBatch(store: FeedStore, { folder, segments }: Batch, producer: Producer): Promise<number> {
  let committed = 0;
  for (const segment of segments) {
    const path = join(folder, segment);
    const text = await unlessGone(readFile(path, 'utf8'));
    if (text === undefined) continue;
    const rows = exposuresIn(text);
    if (rows.length > 0) await store.feed(exposures).put(rows, { producer, runId: segment });
    await unlessGone(unlink(path));
    committed += rows.length;
  }
  return committed;
}

/** The segments in a folder of the spool but for one that is still written to. */
export async function segmentsIn(folder: string, current?: string): Promise<string[]> {
  const names = (await unlessGone(readdir(folder))) ?? [];
  return names.filter((name) => name.endsWith('.ndjson') && name !== current).sort();
}

/** Removes a folder if nothing is left in it. */
export async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}

/** Another process may clear away the same dead one's segments. */
async function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
