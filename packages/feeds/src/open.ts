import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkFeedPath, majorIn } from './contract.js';
import type { FeedContract } from './contract.js';
import { FeedsError } from './errors.js';
import type { FeedLog } from './feed/feed-log.js';
import { openFeed, openLogOf } from './feed/feed.js';
import type { Feed } from './feed/feed.js';
import { systemClock } from './log/append.js';
import type { Clock } from './log/append.js';
import { probe } from './store/blob-store.js';
import type { BlobStore } from './store/blob-store.js';
import { folderStore } from './store/folder.js';
import { leasesIn } from './store/leases.js';
import type { Leases } from './store/leases.js';
import { memoryStore } from './store/memory.js';
import { s3Store } from './store/s3.js';

/** The feeds of one root. */
export interface FeedStore {
  /** As given to `openFeeds`. */
  readonly root: string;
  /** The feed of a contract, whether it exists or not: nothing is read or made before the first call. */
  feed<T>(contract: FeedContract<T>): Feed<T>;
  /** The log of a feed by its path, for programs without its contract: records, names, expiry, verification. */
  log(path: string): FeedLog;
  /** Paths of the feeds that have a log, sorted. */
  list(): Promise<readonly string[]>;
}

/**
 * Opens the feeds below `root`: a folder (`./feeds`, an absolute path, `file:///…`), `s3://bucket/prefix` (with `?path-style=true` for
 * servers that want the bucket in the path), or `memory:`, which is a new and empty store at each call. A root that does not exist is
 * empty; the first put makes it.
 *
 * @throws FeedsError FEEDS_ROOT_INVALID
 */
export function openFeeds(root: string): FeedStore {
  return feedStore(root, storeOf(root), systemClock);
}

/**
 * Opens the turns that are kept in a folder below `root`, which is as for {@link openFeeds}; of `memory:`, they are seen by this process alone.
 *
 * @throws FeedsError FEEDS_ROOT_INVALID
 */
export function openLeases(root: string, folder: string): Leases {
  return leasesIn(storeOf(root), folder);
}

/** The same on any store and clock. */
export function feedStore(root: string, store: BlobStore, clock: Clock): FeedStore {
  let proof: Promise<void> | undefined;
  const fit = () => (proof ??= probe(store).catch(forget));
  const forget = (cause: unknown) => {
    proof = undefined;
    throw cause;
  };
  const list = async () => (await logsBelow(store, '')).sort();
  const place = { store, clock, verified: new Set<string>(), feeds: list, fit };
  return {
    root,
    feed: (contract) => {
      checkFeedPath(contract);
      return openFeed(place, contract);
    },
    log: (path) => {
      majorIn(path);
      return openLogOf(place, path);
    },
    list,
  };
}

function storeOf(root: string): BlobStore {
  const invalid = (problem: string) =>
    new FeedsError(
      'FEEDS_ROOT_INVALID',
      `${JSON.stringify(root)} ${problem}; give a folder, a file: URL, s3://bucket/prefix or memory:.`,
    );
  if (root === '' || root.includes('\0')) throw invalid('is not a root for feeds');
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(root)?.[1]?.toLowerCase();
  if (scheme === undefined) return folderStore(resolve(root));
  if (scheme === 'file') {
    try {
      return folderStore(fileURLToPath(root));
    } catch (cause) {
      throw invalid(`is not a file: URL of this machine (${String(cause)})`);
    }
  }
  if (scheme === 's3') return s3Store(root);
  if (root === 'memory:') return memoryStore();
  throw invalid(`has the scheme ${scheme}:, which this release does not know`);
}

async function logsBelow(store: BlobStore, folder: string): Promise<string[]> {
  const children = await store.children(folder);
  if (children.includes('_log/')) return [folder];
  const below = children
    .filter((name) => name.endsWith('/') && !/^[._]/.test(name))
    .map((name) => logsBelow(store, `${folder === '' ? '' : `${folder}/`}${name.slice(0, -1)}`));
  return (await Promise.all(below)).flat();
}
