import { isIn } from '../expiry/expired.js';
import type { BlobStore } from '../store/blob-store.js';
import { mismatch } from '../update-files.js';
import type { Chain } from './chain.js';
import type { Listing } from './listing.js';
import type { Finding } from './verification.js';

/** What was found in data files. */
export interface DataCheck {
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** Holds every data file to its record, one in memory at a time, and finds the files that no record names. */
export async function checkData(
  store: BlobStore,
  feed: string,
  { updates, expired, purged, known }: Chain,
  { data, temporary }: Listing,
): Promise<DataCheck> {
  const findings: Finding[] = [];
  const named = new Set<string>();
  let bytes = 0;
  for (const { seq, files } of updates) {
    for (const file of files) {
      const path = `${feed}/${file.path}`;
      if (purged.has(seq)) continue;
      named.add(file.path);
      const content = await store.read(path);
      if (content === undefined && isIn(expired, seq)) continue;
      const problem = content ? mismatch(content, file, false) : 'is missing';
      if (problem !== undefined) findings.push({ kind: 'broken', path, problem: `${problem} (update ${seq})` });
      bytes += content?.length ?? 0;
    }
  }
  const unnamed = known ? data.filter((path) => !named.has(path)) : [];
  const leftovers = [...unnamed.map((path) => `${feed}/${path}`), ...temporary];
  findings.push(...leftovers.map((path): Finding => ({ kind: 'leftover', path, problem: 'is named by no record' })));
  return { files: named.size, bytes, findings };
}
