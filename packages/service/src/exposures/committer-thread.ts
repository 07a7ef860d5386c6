/** The thread of `committer.ts`: commits some batches, says what became of them, ends. An error goes to the thread's owner. */
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import { commitBatches } from './batch.js';
import type { CommitJob } from './committer.js';

const { root, spool, names, producer } = workerData as CommitJob;
parentPort?.postMessage(await commitBatches(openFeeds(root), spool, names, producer));
