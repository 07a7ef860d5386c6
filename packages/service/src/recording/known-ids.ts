/**
 * Which events the feed has, by their ids, without reading the feed each time: an index on disk beside the spool. A *run* is a file with the hashes of the ids
 * of some updates in a row, sorted; its name says which, and when the last was committed:
 *
 *     <spool>/_known/<first seq>-<last seq>-<time in ms>.ids
 *
 * Runs are merged as in a log-structured merge tree (O'Neil et al. 1996), within a day, and go when they are old. The index holds nothing but what the feed
 * says: any process may add to it at any time, and what is missing is read from the feed again.
 */
import { hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { events } from '@attractions/contracts';
import { FeedsError, streamed } from '@attractions/feeds';
import type { FeedStore, UpdateRecord } from '@attractions/feeds';
import { hasCode } from './batch.js';

/** The folder of the index, in the spool. */
export const KNOWN = '_known';

/** Bytes of SHA-256 that stand for an id. A new event is taken for a known one at odds of 2^-128 for each known one: never. */
const HASH_BYTES = 16;

/** Hashes read at once, 4 kB. */
const BLOCK = 256;

/** Hashes gathered before they become a run, where the index is made again. */
const GATHERED = 100_000;

const DAY_MS = 86_400_000;

/** The hash of an id: 16 characters, one for each byte, so that texts sort as bytes. */
export function hashOfId(id: string): string {
  return hash('sha256', id, 'buffer').toString('latin1', 0, HASH_BYTES);
}

/** The index at one moment. */
export interface KnownIds {
  /** The seq of the newest update that it covers, which was the newest of the feed; 0 if there is none. */
  readonly upTo: number;
  /** Those of some hashes that are in the feed. */
  among(hashes: ReadonlySet<string>): ReadonlySet<string>;
  /** Adds the hashes of the update that followed directly on `upTo`, so that it need not be read. */
  add(record: UpdateRecord, hashes: Iterable<string>): void;
  close(): void;
}

/** A file of the index. */
interface Run {
  readonly first: number;
  readonly last: number;
  /** When its last update was committed. */
  readonly timeMs: number;
}

/**
 * Brings the index up to date with the feed, and opens it.
 * @param knownMs age from which updates are left out
 */
export async function openKnownIds(store: FeedStore, spool: string, knownMs: number): Promise<KnownIds> {
  const folder = join(spool, KNOWN);
  mkdirSync(folder, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      return opened(folder, await upToDate(store, folder, Date.now() - knownMs));
    } catch (error) {
      // Another process has merged a run that this one was about to read.
      if (!hasCode(error, 'ENOENT') || attempt >= 10) throw error;
    }
  }
}

function opened(folder: string, { runs, upTo }: { readonly runs: readonly Run[]; readonly upTo: number }): KnownIds {
  const files = runs.map((run) => openRun(join(folder, nameOf(run))));
  return {
    upTo,
    among(hashes) {
      const sorted = [...hashes].sort();
      const found = new Set<string>();
      for (const file of files) for (const one of sorted) if (!found.has(one) && file.has(one)) found.add(one);
      return found;
    },
    add: ({ seq, timestamp }, hashes) =>
      writeRun(folder, { first: upTo + 1, last: seq, timeMs: Date.parse(timestamp) }, [...new Set(hashes)].sort()),
    close: () => files.forEach(({ close }) => close()),
  };
}

/** Reads what the index lacks, merges small runs, and removes old ones. */
async function upToDate(store: FeedStore, folder: string, sinceMs: number) {
  const log = store.log(events.path);
  let runs = chainOf(folder);
  while (runs[0] !== undefined && runs[0].timeMs < sinceMs) remove(folder, [runs.shift()]);
  let upTo = runs.at(-1)?.last ?? (await lastBefore(log.history(), sinceMs));
  let first = upTo + 1;
  const gathered = new Set<string>();
  const gather = (timeMs: number) => {
    const run = { first, last: upTo, timeMs };
    writeRun(folder, run, [...gathered].sort());
    runs.push(run);
    gathered.clear();
    first = upTo + 1;
  };
  let timeMs = 0;
  for await (const { seq, timestamp } of log.since(upTo)) {
    for await (const id of idsOf(store, seq)) gathered.add(hashOfId(id));
    [upTo, timeMs] = [seq, Date.parse(timestamp)];
    if (gathered.size >= GATHERED) gather(timeMs);
  }
  if (upTo >= first) gather(timeMs);
  runs = merged(folder, runs);
  return { runs, upTo };
}

/** The seq of the newest update before a time; 0 if there is none. */
async function lastBefore(history: AsyncIterable<UpdateRecord>, sinceMs: number): Promise<number> {
  for await (const { seq, timestamp } of history) if (Date.parse(timestamp) < sinceMs) return seq;
  return 0;
}

/** The ids of the events of an update; none if it has expired. */
async function* idsOf(store: FeedStore, seq: number): AsyncGenerator<string> {
  try {
    const update = await store.feed(streamed(events, { columns: ['event_id'] })).at(seq);
    for await (const batch of await update.read()) for (const id of batch.getChild('event_id') ?? []) yield String(id);
  } catch (error) {
    if (!(error instanceof FeedsError && error.code === 'FEEDS_EXPIRED')) throw error;
  }
}

function nameOf({ first, last, timeMs }: Run): string {
  return `${first}-${last}-${timeMs}.ids`;
}

/** The runs of the index, each beginning where the one before ends. Others are of no use, and are removed: parts of a merged one, or what follows a gap. */
function chainOf(folder: string): Run[] {
  const all = readdirSync(folder).flatMap((name): Run[] => {
    const [, first, last, timeMs] = /^(\d+)-(\d+)-(\d+)\.ids$/.exec(name) ?? [];
    return first === undefined ? [] : [{ first: Number(first), last: Number(last), timeMs: Number(timeMs) }];
  });
  all.sort((a, b) => a.first - b.first || b.last - a.last);
  const chain: Run[] = [];
  for (const run of all) {
    const end = chain.at(-1);
    if (end === undefined || run.first === end.last + 1) chain.push(run);
    else remove(folder, [run]);
  }
  return chain;
}

/** Merges runs of one day from the newest back, as long as one is not more than twice as large as what follows it: so there are few, and each hash is written a few times. */
function merged(folder: string, runs: readonly Run[]): Run[] {
  const left = [...runs];
  for (;;) {
    const [a, b] = left.slice(-2);
    if (a === undefined || b === undefined || dayOf(a) !== dayOf(b)) return left;
    const [older, newer] = [openRun(join(folder, nameOf(a))), openRun(join(folder, nameOf(b)))];
    try {
      if (older.count > 2 * newer.count) return left;
      const both = { first: a.first, last: b.last, timeMs: b.timeMs };
      writeRun(folder, both, union(older.all(), newer.all()));
      remove(folder, [a, b]);
      left.splice(-2, 2, both);
    } finally {
      older.close();
      newer.close();
    }
  }
}

const dayOf = ({ timeMs }: Run): number => Math.floor(timeMs / DAY_MS);

function* union(a: Iterator<string>, b: Iterator<string>): Generator<string> {
  let [x, y] = [a.next(), b.next()];
  while (x.done !== true || y.done !== true) {
    if (y.done === true || (x.done !== true && x.value < y.value)) {
      yield String(x.value);
      x = a.next();
    } else {
      yield y.value;
      if (x.value === y.value) x = a.next();
      y = b.next();
    }
  }
}

/** Writes a run of hashes that are sorted and distinct. It appears whole, or not at all. */
function writeRun(folder: string, run: Run, hashes: Iterable<string>): void {
  const part = join(folder, `${randomUUID()}.part`);
  const file = openSync(part, 'wx');
  try {
    const block = Buffer.allocUnsafe(64 * BLOCK * HASH_BYTES);
    let used = 0;
    for (const one of hashes) {
      used += block.write(one, used, 'latin1');
      if (used < block.length) continue;
      writeSync(file, block);
      used = 0;
    }
    writeSync(file, block, 0, used);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, join(folder, nameOf(run)));
}

function remove(folder: string, runs: readonly (Run | undefined)[]): void {
  for (const run of runs) if (run) rmSync(join(folder, nameOf(run)), { force: true });
}

/** Opens a run. One block of it is in memory. */
function openRun(path: string) {
  const file = openSync(path, 'r');
  const bytes = Buffer.allocUnsafe(BLOCK * HASH_BYTES);
  let [at, text] = [-1, ''];
  const count = fstatSync(file).size / HASH_BYTES;
  const blocks = Math.ceil(count / BLOCK);
  const read = (block: number): string => {
    if (block === at) return text;
    const length = readSync(file, bytes, 0, bytes.length, block * bytes.length);
    [at, text] = [block, bytes.toString('latin1', 0, length)];
    return text;
  };
  const entry = (block: string, n: number) => block.slice(n * HASH_BYTES, (n + 1) * HASH_BYTES);
  return {
    count,
    /** By interpolation: hashes are spread evenly, so a few blocks are read, however many there are (Perl, Itai and Avni 1978). */
    has(wanted: string): boolean {
      let [low, high] = [0, blocks - 1];
      let [lowKey, highKey] = [0, 2 ** 48];
      const key = keyOf(wanted);
      while (low <= high) {
        const share = highKey > lowKey ? (key - lowKey) / (highKey - lowKey) : 0;
        const middle = Math.min(high, Math.max(low, low + Math.floor(share * (high - low + 1))));
        const block = read(middle);
        const [first, last] = [entry(block, 0), block.slice(-HASH_BYTES)];
        if (wanted < first) [high, highKey] = [middle - 1, keyOf(first)];
        else if (wanted > last) [low, lowKey] = [middle + 1, keyOf(last)];
        else return isIn(block, wanted, entry);
      }
      return false;
    },
    *all(): Generator<string> {
      for (let block = 0; block < blocks; block++) {
        const own = read(block);
        for (let n = 0; n * HASH_BYTES < own.length; n++) yield entry(own, n);
      }
    },
    close: () => closeSync(file),
  };
}

function isIn(block: string, wanted: string, entry: (block: string, n: number) => string): boolean {
  let [low, high] = [0, block.length / HASH_BYTES - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = entry(block, middle);
    if (found === wanted) return true;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** The first 48 bits of a hash as a number. */
function keyOf(text: string): number {
  let key = 0;
  for (let n = 0; n < 6; n++) key = key * 256 + text.charCodeAt(n);
  return key;
}
