import { randomUUID } from 'node:crypto';

import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';

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
