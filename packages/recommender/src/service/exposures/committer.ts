import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FeedStore, Producer } from '@attractions/feeds';
import { commitBatch } from './commit.js';
import type { Batch } from './commit.js';

const program = fileURLToPath(new URL('./committer-thread.js', import.meta.url));

/** What the thread is given. */
export interface CommitJob {
  readonly root: string;
  readonly batch: Batch;
  readonly producer: Producer;
}

/** Commits on a thread of its own, since writing Parquet takes a while; on this one where that cannot see the store. */
export function committerOf(store: FeedStore, version: string): (batch: Batch) => Promise<number> {
  const producer: Producer = { id: 'serve', package: '@attractions/recommender', version };
  const here = store.root === 'memory:' || !existsSync(program);
  if (here) return (batch) => commitBatch(store, batch, producer);
  return async (batch) => {
    const thread = new Worker(program, { workerData: { root: store.root, batch, producer } satisfies CommitJob });
    return new Promise<number>((resolve, reject) => {
      thread.once('message', resolve).once('error', reject);
      thread.once('exit', (code) => reject(new Error(`The thread that commits exposures ended with code ${code}.`)));
    });
  };
}
