import { logPaths } from '../log/head.js';
import { openLog } from '../log/log.js';
import { markRun } from '../log/runs.js';
import type { BlobStore } from '../store/blob-store.js';
import { storeNow } from '../store/store-clock.js';
import { verifyFeed } from './verification.js';
import type { Verification } from './verification.js';

/** How sure to be that no writer is at work on a file any more. */
export interface RepairOptions {
  /** Age of a file that no record names before it is removed, by the store's clock; a day by default. */
  readonly minAgeMs?: number;
}

/** What a repair did, and what it found first. */
export interface Repair {
  readonly verification: Verification;
  /** Files removed and markers made, by path. */
  readonly removed: readonly string[];
  readonly marked: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * Puts right what a writer that died may leave: removes old files that no record names, and makes markers that are missing.
 * While anything is broken it touches nothing: what seems left over may be what a lost record names, and only a copy of
 * the log can tell.
 */
export async function repairFeed(
  store: BlobStore,
  feed: string,
  { minAgeMs = DAY_MS }: RepairOptions = {},
): Promise<Repair> {
  const log = openLog(store, feed);
  const verification = await verifyFeed(store, feed);
  const broken = verification.findings.some(({ kind }) => kind === 'broken');
  const leftovers = broken ? [] : verification.findings;
  const removed: string[] = [];
  const marked: string[] = [];
  const now = leftovers.length > 0 ? await storeNow(store, logPaths(feed).folder) : 0;
  for (const { path, unmarkedSeq } of leftovers) {
    if (unmarkedSeq !== undefined) {
      const entry = await log.at(unmarkedSeq);
      if (entry) await markRun({ store, feed }, entry.record);
      marked.push(path);
      continue;
    }
    const found = await store.stat(path);
    if (found === undefined || now - found.modifiedMs < minAgeMs) continue;
    await store.remove(path);
    removed.push(path);
  }
  return { verification, removed, marked };
}
