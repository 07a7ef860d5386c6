import type { BlobStore } from '../store/blob-store.js';

/** Where the parts of a feed's log lie, relative to the root of the store. */
export interface LogPaths {
  record(seq: number): string;
  /** The folder of all this. */
  readonly folder: string;
  /** What runs have committed; a marker per run. */
  run(key: string): string;
  /** The newest seq, as far as the last writer knew: a hint, never the truth. */
  readonly hint: string;
}

/** Where the parts of the log of `feed` lie. */
export function logPaths(feed: string): LogPaths {
  return {
    folder: `${feed}/_log`,
    record: (seq) => `${feed}/_log/${String(seq).padStart(20, '0')}.json`,
    run: (key) => `${feed}/_log/runs/${key}.json`,
    hint: `${feed}/_log/_head`,
  };
}

/**
 * The seq of the newest record, 0 where there is none. The log has no gap, so a record exists exactly up to it: from the
 * hint on, steps that double find one that is missing, halving finds the last that is there. Three calls to the store when the hint
 * is right; one more for every doubling of the distance when it lies behind; a hint beyond the truth counts as none.
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

/** Tells the next reader where to look. It may fail or be overtaken without harm. */
export async function writeHint(store: BlobStore, paths: LogPaths, seq: number): Promise<void> {
  await store.overwrite(paths.hint, new TextEncoder().encode(`${seq}\n`)).catch(() => undefined);
}

/** The seq a hint says, 0 where it says none. */
export function parseHint(bytes: Uint8Array | undefined): number {
  const text = bytes === undefined ? '' : new TextDecoder().decode(bytes.subarray(0, 24));
  const seq = /^\d{1,15}\n?$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(seq) ? seq : 0;
}
