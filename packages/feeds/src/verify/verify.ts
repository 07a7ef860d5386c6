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
  /** Empty if all is well; `broken` ones first. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a whole feed: every record, its place in the chain of hashes, its totals and refs; every data file with its size and hash; the
 * markers of runs; and files that no record names. It writes nothing, and goes on after a finding. Files are listed before the log is read,
 * so that a writer at work is not reported as damage.
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

/** When a file counts as left behind. */
export interface RepairOptions {
  /** Age from which a file that no record names is removed, by the store's clock; default: a day. */
  readonly minAgeMs?: number;
}

/** What a repair found, and what it did. */
export interface Repair {
  readonly verification: Verification;
  /** Files removed and markers made, by path. */
  readonly removed: readonly string[];
  readonly marked: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * Cleans up what a writer that died may leave: removes old files that no record names, and makes missing markers. It changes nothing while
 * anything is broken: a file that seems left over may be named by a lost record, and only a copy of the log can tell.
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
