import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FeedStore, Producer } from '@attractions/feeds';
import { commitBatches } from './batch.js';
import type { Commit } from './batch.js';
import { sinkOf } from './sinks.js';
import type { SinkName } from './sinks.js';

const program = fileURLToPath(new URL('./committer-thread.js', import.meta.url));

/** The new objects of the thread are of one job, and few; by default it would let 48 MB of them gather. */
const YOUNG_GENERATION_MB = 8;

/** A job for the thread. */
export interface CommitJob {
  readonly n: number;
  readonly root: string;
  readonly sink: SinkName;
  readonly spool: string;
  readonly names: readonly string[];
  readonly producer: Producer;
  readonly knownMs: number;
}

/** Its answer. */
export type CommitAnswer = { readonly n: number } & ({ readonly commit: Commit } | { readonly error: unknown });

/** Commits batches of any spool to any feeds. */
export interface Committer {
  commit(store: FeedStore, sink: SinkName, spool: string, names: readonly string[]): Promise<Commit>;
  close(): Promise<void>;
}

/**
 * Commits on a separate thread, since writing Parquet takes long: one for all spools of all tenants, which stays, since starting one takes a tenth of a second
 * of processor time. A store in memory cannot be seen from there, so its batches are committed on this thread.
 *
 * @param knownMs how long an event is known by its id
 */
export function committerOf(version: string, knownMs: number): Committer {
  const producer: Producer = { id: 'serve', package: '@attractions/service', version };
  let thread: Worker | undefined;
  let jobs = 0;
  const waiting = new Map<number, { resolve(commit: Commit): void; reject(error: unknown): void }>();
  const start = (): Worker => {
    const worker = new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
    const ended = (error: unknown) => {
      if (thread !== worker) return;
      thread = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    worker.on('message', (answer: CommitAnswer) => {
      const job = waiting.get(answer.n);
      waiting.delete(answer.n);
      if ('commit' in answer) job?.resolve(answer.commit);
      else job?.reject(answer.error);
    });
    worker.once('error', ended);
    worker.once('exit', (code) => ended(new Error(`The thread that commits ended with code ${code}.`)));
    return worker;
  };
  return {
    commit: (store, sink, spool, names) => {
      if (store.root === 'memory:' || !existsSync(program))
        return commitBatches(sinkOf(sink, spool, knownMs), store, spool, names, producer);
      return new Promise((resolve, reject) => {
        const job: CommitJob = { n: jobs++, root: store.root, sink, spool, names, producer, knownMs };
        waiting.set(job.n, { resolve, reject });
        thread ??= start();
        thread.postMessage(job);
      });
    },
    close: async () => {
      const last = thread;
      thread = undefined;
      await last?.terminate();
    },
  };
}
