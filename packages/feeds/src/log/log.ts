import { sha256 } from '../canonical.js';
import { FeedsError } from '../errors.js';
import type { BlobStore } from '../store/blob-store.js';
import { corrupt, parseRecord } from './parse-record.js';
import type { RecordEnvelope } from './record.js';

/** A record, and the hash of its bytes, which the next record must have as `prev`. */
export interface Entry {
  readonly record: RecordEnvelope;
  readonly sha256: string;
}

/** The records of one feed, read and checked. */
export interface Log {
  /** The newest entry, checked against the one before it; undefined if the log is empty. */
  head(): Promise<Entry | undefined>;
  /** The entry at `seq`, checked against the one after it if there is one; undefined if there is none at `seq`. */
  at(seq: number): Promise<Entry | undefined>;
  /** Entries from the one at `seq` back to the first, each checked against the one after it. */
  back(seq: number): AsyncIterable<Entry>;
  /** Entries from the one at `seq` to the newest, each checked against the one before it, the first included. */
  forth(seq: number): AsyncIterable<Entry>;
  /** The last entry that is not later than a time, by binary search, since timestamps rise with the seq. */
  asOf(date: Date): Promise<Entry | undefined>;
  /** To be called after a commit of the record at `seq`: from now on this process knows that the log reaches that far. */
  reached(seq: number): void;
  /** The entry at `seq`, not checked against its neighbours; undefined if there is none. */
  read(seq: number): Promise<Entry | undefined>;
}

/** The log of `feed`. Nothing is read before the first call. */
export function openLog(store: BlobStore, feed: string): Log {
  const paths = logPaths(feed);
  let seen = 0;

  async function read(seq: number): Promise<Entry | undefined> {
    const path = paths.record(seq);
    const bytes = await store.read(path);
    return bytes && { record: parseRecord(bytes, feed, seq, `${store.root}/${path}`), sha256: sha256(bytes) };
  }

  /** The seq of the head. A log only grows: one that ends before what was seen is another log, and nothing may be appended to it. */
  async function newest(): Promise<number> {
    const before = seen;
    const seq = await findHead(store, paths);
    if (seq < before) {
      const lost = `${store.root}/${feed}/_log ends at ${seq}; this process has seen ${before}`;
      throw new FeedsError(
        'FEEDS_LOG_LOST',
        `${lost}. Restore the folder, or restart this process if the folder was removed on purpose.`,
      );
    }
    reached(seq);
    return seq;
  }

  function reached(seq: number): void {
    seen = Math.max(seen, seq);
  }

  async function existing(seq: number): Promise<Entry> {
    const entry = await read(seq);
    if (entry) return entry;
    throw corrupt(`${store.root}/${paths.record(seq)}`, 'the record is missing, though there are later ones');
  }

  function hold(entry: Entry, next: Entry): Entry {
    if (next.record.prev === entry.sha256) return entry;
    const { seq } = entry.record;
    const wanted = `record ${seq + 1} says ${next.record.prev}`;
    throw corrupt(`${store.root}/${paths.record(seq)}`, `its SHA-256 is ${entry.sha256}, but ${wanted}`);
  }

  async function at(seq: number): Promise<Entry | undefined> {
    if (!Number.isSafeInteger(seq) || seq < 1) return undefined;
    const entry = await read(seq);
    const next = entry && (await read(seq + 1));
    return entry && next ? hold(entry, next) : entry;
  }

  return {
    read,
    reached,
    head: async () => {
      const seq = await newest();
      if (seq === 0) return undefined;
      const entry = await existing(seq);
      if (seq > 1) hold(await existing(seq - 1), entry);
      return entry;
    },
    at,
    asOf: async (date) => {
      let [there, beyond] = [0, (await newest()) + 1];
      while (beyond - there > 1) {
        const middle = there + Math.floor((beyond - there) / 2);
        if (Date.parse((await existing(middle)).record.timestamp) <= date.getTime()) there = middle;
        else beyond = middle;
      }
      return at(there);
    },
    forth: async function* (seq) {
      let previous = seq > 1 ? await read(seq - 1) : undefined;
      for (let next = Math.max(seq, 1); ; next++) {
        const entry = await read(next);
        if (entry === undefined) return;
        if (previous) hold(previous, entry);
        yield (previous = entry);
      }
    },
    back: async function* (seq) {
      let next: Entry | undefined;
      for (let at = seq; at >= 1; at--) {
        const entry = await existing(at);
        yield next ? hold(entry, next) : entry;
        next = entry;
      }
    },
  };
}

/** Where the files of a feed's log are, relative to the root of the store. */
export interface LogPaths {
  record(seq: number): string;
  /** The folder of all this. */
  readonly folder: string;
  /** The marker of a run, which says what it has committed. */
  run(key: string): string;
  /** The newest seq that the last writer knew: a hint that may be wrong or missing. */
  readonly hint: string;
}

/** Where the files of the log of `feed` are. */
export function logPaths(feed: string): LogPaths {
  return {
    folder: `${feed}/_log`,
    record: (seq) => `${feed}/_log/${String(seq).padStart(20, '0')}.json`,
    run: (key) => `${feed}/_log/runs/${key}.json`,
    hint: `${feed}/_log/_head`,
  };
}

/**
 * The seq of the newest record, 0 if there is none. The log has no gaps, so records exist up to the head and no further: from the hint,
 * steps of doubled length find a record that is missing, then a binary search finds the last one that is there. It costs three calls to the store if the
 * hint is right, one more for every doubling of the distance if it is behind. A hint beyond the head counts as none.
 */
export async function findHead(store: BlobStore, paths: LogPaths): Promise<number> {
  const exists = async (seq: number) => (await store.stat(paths.record(seq))) !== undefined;
  const hint = parseHint(await store.read(paths.hint));
  let there = hint > 0 && (await exists(hint)) ? hint : 0;
  let missing = there + 1;
  for (let step = 2; await exists(missing); step *= 2) {
    there = missing;
    missing += step;
  }
  while (missing - there > 1) {
    const middle = there + Math.floor((missing - there) / 2);
    if (await exists(middle)) there = middle;
    else missing = middle;
  }
  return there;
}

/** Tells the next reader where to look. It does no harm if this fails or writes an old seq. */
export async function writeHint(store: BlobStore, paths: LogPaths, seq: number): Promise<void> {
  await store.overwrite(paths.hint, new TextEncoder().encode(`${seq}\n`)).catch(() => undefined);
}

/** The seq in a hint, 0 if it has none. */
export function parseHint(bytes: Uint8Array | undefined): number {
  const text = bytes === undefined ? '' : new TextDecoder().decode(bytes.subarray(0, 24));
  const seq = /^\d{1,15}\n?$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(seq) ? seq : 0;
}
