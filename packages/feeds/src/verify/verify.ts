import { logPaths, openLog } from '../log/log.js';
import { markRun } from '../log/runs.js';
import { storeNow } from '../store/blob-store.js';
import type { BlobStore } from '../store/blob-store.js';
import { checkChain, listFeed } from './chain.js';
import type { Finding } from './chain.js';
import { checkData, checkRuns } from './files.js';

/** All that was looked at in a feed, and what was found. */
export interface Verification {
  readonly feed: string;
  readonly records: number;
  readonly updates: number;
  /** Data files, and the bytes in them. */
  readonly files: number;
  readonly bytes: number;
  /** Empty where all is well; the broken first. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a feed whole: every record, its place in the chain of hashes, its sums and names; every data file with its size and
 * hash; the markers of runs; and what lies about that no record names. It writes nothing and stops at nothing. What is
 * listed is listed before the log is read, so that a writer at work is not taken for damage.
 */
export async function verifyFeed(store: BlobStore, feed: string): Promise<Verification> {
  const listing = await listFeed(store, feed);
  const chain = await checkChain(store, feed, listing);
  const data = await checkData(store, feed, chain, listing);
  const runs = await checkRuns(store, feed, chain, listing);
  const findings = [...chain.findings, ...data.findings, ...runs];
  return {
    feed,
    records: chain.head,
    updates: chain.updates.length,
    files: data.files,
    bytes: data.bytes,
    findings: [
      ...findings.filter(({ kind }) => kind === 'broken'),
      ...findings.filter(({ kind }) => kind !== 'broken'),
    ],
  };
}

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
