import { logPaths, parseHint } from '../log/head.js';
import type { BlobStore } from '../store/blob-store.js';

/** What lies in a feed's folder. */
export interface Listing {
  /** Files of data folders, relative to the feed: `20261122T220311123Z/part-00000-<uuid>.csv`. */
  readonly data: readonly string[];
  /** Names of markers of runs. */
  readonly markers: readonly string[];
  /** The seq of the hint; 0 where there is none. */
  readonly hint: number;
  /** Seqs of the records, rising. */
  readonly seqs: readonly number[];
  /** Paths of temporary files, relative to the root. */
  readonly temporary: readonly string[];
}

/** Lists a feed, the log last: what is committed meanwhile is then in the log rather than unknown to it. */
export async function listFeed(store: BlobStore, feed: string): Promise<Listing> {
  const paths = logPaths(feed);
  const folders = (await store.children(feed)).filter((name) => /^\d{8}T\d{9}Z\/$/.test(name));
  const data: string[] = [];
  for (const folder of folders) {
    for (const name of await store.children(`${feed}/${folder.slice(0, -1)}`)) data.push(`${folder}${name}`);
  }
  const runs = await store.children(`${paths.folder}/runs`);
  const hint = parseHint(await store.read(paths.hint));
  const log = await store.children(paths.folder);
  const isTemporary = (name: string) => name.startsWith('.tmp-');
  return {
    data,
    hint,
    markers: runs.filter((name) => !isTemporary(name)),
    seqs: log.flatMap((name) => (/^(?!0{20})\d{20}\.json$/.test(name) ? Number(name.slice(0, 20)) : [])),
    temporary: [
      ...log.filter(isTemporary).map((name) => `${paths.folder}/${name}`),
      ...runs.filter(isTemporary).map((name) => `${paths.folder}/runs/${name}`),
    ],
  };
}
