/** The thread of `committer.ts`: commits batches as it is asked, one job after the other, and answers each with the result or the error. */
import { parentPort } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { commitBatches } from './batch.js';
import type { CommitAnswer, CommitJob } from './committer.js';
import { sinkOf } from './sinks.js';
import { stepBack } from '../step-back.js';

// What waits is on disk, so it may wait longer while the processor is busy with answers.
stepBack();

const stores = new Map<string, FeedStore>();
let turn = Promise.resolve();

async function answerTo({ n, root, sink, spool, names, producer, knownMs }: CommitJob): Promise<CommitAnswer> {
  try {
    const store = stores.get(root) ?? openFeeds(root);
    stores.set(root, store);
    return { n, commit: await commitBatches(sinkOf(sink, spool, knownMs), store, spool, names, producer) };
  } catch (error) {
    return { n, error };
  }
}

parentPort?.on('message', (job: CommitJob) => {
  turn = turn.then(async () => parentPort?.postMessage(await answerTo(job)));
});
