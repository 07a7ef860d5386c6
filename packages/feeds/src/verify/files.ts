import { isIn } from '../expiry/living.js';
import { mismatch } from '../feed/update-files.js';
import { logPaths } from '../log/log.js';
import type { DataFile } from '../log/record.js';
import { markerPath, runOf, seqOf } from '../log/runs.js';
import type { BlobStore } from '../store/blob-store.js';
import type { Chain, Finding, Listing } from './chain.js';

/** What was found in data files. */
export interface DataCheck {
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** Checks every data file against the records that name it, one in memory at a time, and finds the files that no record names. */
export async function checkData(
  store: BlobStore,
  feed: string,
  { updates, expired, purged, known }: Chain,
  { data, temporary }: Listing,
): Promise<DataCheck> {
  const findings: Finding[] = [];
  const named = new Map<string, { readonly seq: number; readonly file: DataFile }[]>();
  let bytes = 0;
  for (const { seq, files } of updates) {
    if (purged.has(seq)) continue;
    for (const file of files) named.set(file.path, [...(named.get(file.path) ?? []), { seq, file }]);
  }
  for (const [name, claims] of named) {
    const path = `${feed}/${name}`;
    const content = await store.read(path);
    bytes += content?.length ?? 0;
    const [first] = claims;
    const firstProblem = content && first && mismatch(content, first.file, false);
    for (const { seq, file } of claims) {
      if (content === undefined && isIn(expired, seq)) continue;
      // Who shares a file says the same of it, so it is hashed once.
      const isSame = file.sha256 === first?.file.sha256 && file.bytes === first.file.bytes;
      const problem = content ? (isSame ? firstProblem : mismatch(content, file, false)) : 'is missing';
      if (problem !== undefined) findings.push({ kind: 'broken', path, problem: `${problem} (update ${seq})` });
    }
  }
  const unnamed = known ? data.filter((path) => !named.has(path)) : [];
  const leftovers = [...unnamed.map((path) => `${feed}/${path}`), ...temporary];
  findings.push(...leftovers.map((path): Finding => ({ kind: 'leftover', path, problem: 'is named by no record' })));
  return { files: named.size, bytes, findings };
}

/**
 * Checks the markers of runs against the log, both ways. Only the newest record may lack its marker; a marker of a missing record means that
 * the log was longer.
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
      const problem = `has the run that record ${first} has committed already`;
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
    findings.push({ kind: 'broken', path, problem: `names the record ${seq}, which is missing or has another run` });
  }
  return findings;
}
