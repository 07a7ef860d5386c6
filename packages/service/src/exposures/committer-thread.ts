/** The thread of `committer.ts`: commits some batches, posts the result, and ends. An error goes to the thread that started it. */
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import { commitBatches } from './batch.js';
import type { CommitJob } from './committer.js';

const { root, spool, names, producer } = workerData as CommitJob;
parentPort?.postMessage(await commitBatches(openFeeds(root), spool, names, producer));
