import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FeedStore, Producer } from '@attractions/feeds';
import { commitBatches } from './batch.js';
import type { Commit } from './batch.js';

const program = fileURLToPath(new URL('./committer-thread.js', import.meta.url));

/** The input of the thread. */
export interface CommitJob {
  readonly root: string;
  readonly spool: string;
  readonly names: readonly string[];
  readonly producer: Producer;
}

/**
 * Commits on a separate thread, since writing Parquet takes long. A store in memory cannot be seen from there, so its batches are committed on this thread.
 */
export function committerOf(
  store: FeedStore,
  spool: string,
  version: string,
): (names: readonly string[]) => Promise<Commit> {
  const producer: Producer = { id: 'serve', package: '@attractions/service', version };
  const here = store.root === 'memory:' || !existsSync(program);
  if (here) return (names) => commitBatches(store, spool, names, producer);
  return async (names) => {
    const workerData: CommitJob = { root: store.root, spool, names, producer };
    const thread = new Worker(program, { workerData });
    return new Promise<Commit>((resolve, reject) => {
      thread.once('message', resolve).once('error', reject);
      thread.once('exit', (code) => reject(new Error(`The thread that commits exposures ended with code ${code}.`)));
    });
  };
}
