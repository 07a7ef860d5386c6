import type { BlobStore } from '../store/blob-store.js';
import { checkChain } from './chain.js';
import { checkData } from './data.js';
import { listFeed } from './listing.js';
import { checkRuns } from './runs.js';

/** Something that is not as it should be, and where. */
export interface Finding {
  /**
   * `broken`: committed data or history is lost or changed; restore it. `leftover`: what a writer that died may leave, or one
   * that is at work; readers do not see it, and `repair` puts it right once it is old.
   */
  readonly kind: 'broken' | 'leftover';
  /** Relative to the root of the store. */
  readonly path: string;
  /** What is wrong with it, to follow its path in a sentence. */
  readonly problem: string;
  /** The record whose run has no marker, where that is what is left over. */
  readonly unmarkedSeq?: number;
}

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
