import { randomUUID } from 'node:crypto';

import { FeedsError } from '../errors.js';

/** What a store tells of a file. */
export interface BlobStat {
  readonly bytes: number;
  /** When it was written, by the store's clock, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * Where feeds keep their bytes: a folder, memory, a bucket. Paths are relative, with `/` between their parts.
 * `putIfAbsent` carries all safety; the rest may be as weak as an object store's.
 */
export interface BlobStore {
  /** What the store is, for messages: `./feeds`, `memory:`. */
  readonly root: string;
  /** The bytes at `path`, or undefined where there is nothing. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** What is at `path` without reading it, or undefined where there is nothing. */
  stat(path: string): Promise<BlobStat | undefined>;
  /** Writes a file of a name never used before. Durable when the promise resolves; half-written files are possible before. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes a file, whole or not at all, unless there is one: then false, and the file there is untouched. Durable when it
   * resolves. Of any number of callers at once exactly one gets true. When it throws, the outcome is unknown.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Writes or replaces a file that nothing relies on: readers see old or new bytes, a crash may lose both. */
  overwrite(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Names right below a folder (`''` is the root), sorted; those of folders end in `/`. Empty where there is no folder. */
  children(folder: string): Promise<readonly string[]>;
  /**
   * Rings whenever something below a folder may have changed, until what it gives is called; `ended` tells that it rings no more.
   * Undefined where there is no such folder. Absent where a store cannot tell: whoever watches must look from time to time anyway.
   */
  onChange?(folder: string, ring: () => void, ended: () => void): (() => void) | undefined;
}

/** Writers at once in the race that a store must decide. */
const RACERS = 16;

/**
 * Tries whether a store puts a file only if it is absent: twice in a row, then sixteen at once, on names of its own that are
 * removed again. Throws FEEDS_STORE_UNFIT where a second writer won too, since the log would then lose updates.
 */
export async function probe(store: BlobStore): Promise<void> {
  const id = randomUUID();
  const [twice, race] = [`.probe-${id}-twice`, `.probe-${id}-race`];
  const bytes = (text: string) => new TextEncoder().encode(text);
  try {
    const first = await store.putIfAbsent(twice, bytes('first'));
    const second = await store.putIfAbsent(twice, bytes('second'));
    if (!first || second) throw unfit(store, `the put of a new file gave ${first}, of an existing one ${second}`);
    const entries = Array.from({ length: RACERS }, (_, racer) => store.putIfAbsent(race, bytes(String(racer))));
    const wins = (await Promise.all(entries)).filter(Boolean).length;
    if (wins !== 1) throw unfit(store, `of ${RACERS} writers at once ${wins} won`);
  } finally {
    await Promise.allSettled([store.remove(twice), store.remove(race)]);
  }
}

function unfit({ root }: BlobStore, found: string): FeedsError {
  const mend = 'Use a store with an atomic put-if-absent';
  return new FeedsError('FEEDS_STORE_UNFIT', `${root} cannot hold a commit log: ${found}. ${mend}.`);
}

/**
 * The store's own clock, in milliseconds since 1970, as it stamps a new file below `folder`: this machine's may differ from those
 * that wrote the others.
 */
export async function storeNow(store: BlobStore, folder: string): Promise<number> {
  const path = `${folder}/.tmp-${randomUUID()}`;
  await store.write(path, new Uint8Array());
  const written = await store.stat(path);
  await store.remove(path);
  return written?.modifiedMs ?? 0;
}
