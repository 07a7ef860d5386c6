import { randomUUID } from 'node:crypto';

import { FeedsError } from '../errors.js';

/** What a store knows of a file without reading it. */
interface BlobStat {
  readonly bytes: number;
  /** When it was written, by the store's clock, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/**
 * Where feeds keep their bytes: a folder, memory, a bucket. Paths are relative, with `/` between their parts.
 * All safety rests on `putIfAbsent`; the other calls may be as weak as those of an object store.
 */
export interface BlobStore {
  /** Names the store in messages: `./feeds`, `memory:`. */
  readonly root: string;
  /** The bytes at `path`, or undefined if there is no file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Size and time of the file at `path`, or undefined if there is none. */
  stat(path: string): Promise<BlobStat | undefined>;
  /** Writes a file under a name never used before. Durable when the promise resolves; before that, a half-written file may be seen. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes a file, whole or not at all, if there is none at `path`; otherwise changes nothing and gives false. Durable when it resolves.
   * Of any number of callers at once exactly one gets true. If it throws, the outcome is unknown.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Writes or replaces a file that nothing depends on: readers see the old or the new bytes, a crash may lose both. */
  overwrite(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file, if there is one. */
  remove(path: string): Promise<void>;
  /** Names directly below a folder (`''` is the root), sorted; names of folders end in `/`. Empty if there is no such folder. */
  children(folder: string): Promise<readonly string[]>;
  /**
   * Lets another program write files: makes a folder, and gives its path in the file system. Absent in stores that are not there; files are
   * then written elsewhere and uploaded.
   */
  localFolder?(folder: string): Promise<string>;
  /** Makes a file durable that another program wrote into a local folder. */
  settle?(path: string): Promise<void>;
  /**
   * Calls `ring` whenever something below a folder may have changed, until the returned function is called, and `ended` when it cannot watch
   * any longer. Gives undefined if there is no such folder. Stores that cannot watch do not have this method: watchers must poll anyway.
   */
  onChange?(folder: string, ring: () => void, ended: () => void): (() => void) | undefined;
}

/** Writers at once in the race of the probe. */
const RACERS = 16;

/**
 * Tests that a store puts a file only if it is absent: twice in a row, then sixteen writers at once, on files that are removed again.
 * Throws FEEDS_STORE_UNFIT if a second writer won too, since the log would then lose updates.
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
  const fix = 'Use a store with an atomic put-if-absent';
  return new FeedsError('FEEDS_STORE_UNFIT', `${root} cannot hold a commit log: ${found}. ${fix}.`);
}

/**
 * The time of the store's own clock, in milliseconds since 1970, taken from a new file below `folder`: the clock of this machine may differ
 * from those that wrote the other files.
 */
export async function storeNow(store: BlobStore, folder: string): Promise<number> {
  const path = `${folder}/.tmp-${randomUUID()}`;
  await store.write(path, new Uint8Array());
  const written = await store.stat(path);
  await store.remove(path);
  return written?.modifiedMs ?? 0;
}
