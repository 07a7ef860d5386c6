import { logPaths } from '../log/head.js';
import { markerPath, runOf, seqOf } from '../log/runs.js';
import type { BlobStore } from '../store/blob-store.js';
import type { Chain } from './chain.js';
import type { Listing } from './listing.js';
import type { Finding } from './verification.js';

/**
 * Holds the markers of runs to the log, both ways. Only the newest record may lack its marker; a marker of a record that is
 * not there tells that the log was longer.
 */
export async function checkRuns(store: BlobStore, feed: string, chain: Chain, listing: Listing): Promise<Finding[]> {
  const findings: Finding[] = [];
  const marked = new Map<string, number>();
  for (const record of chain.updates) {
    const run = runOf(record);
    if (run === undefined) continue;
    const path = markerPath(feed, run);
    const first = marked.get(path);
    if (first !== undefined) {
      const problem = `is of the run that record ${first} has committed`;
      findings.push({ kind: 'broken', path: logPaths(feed).record(record.seq), problem });
      continue;
    }
    marked.set(path, record.seq);
    if (record.seq === chain.head || (await store.stat(path)) !== undefined) continue;
    const problem = `is missing: it marks the run of record ${record.seq}`;
    findings.push({ kind: 'leftover', path, problem, unmarkedSeq: record.seq });
  }
  for (const name of listing.markers) {
    const path = `${logPaths(feed).folder}/runs/${name}`;
    const seq = seqOf((await store.read(path)) ?? new Uint8Array());
    if (seq !== undefined && marked.get(path) === seq) continue;
    findings.push({ kind: 'broken', path, problem: `names the record ${seq}, which is not there or of another run` });
  }
  return findings;
}
