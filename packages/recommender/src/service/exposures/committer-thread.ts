/** The thread of `committer.ts`: commits one batch, says how many lists it held, ends. An error goes to the thread's owner. */
import { parentPort, workerData } from 'node:worker_threads';
import { openFeeds } from '@attractions/feeds';
import { commitBatch } from './commit.js';
import type { CommitJob } from './committer.js';

const { root, batch, producer } = workerData as CommitJob;
parentPort?.postMessage(await commitBatch(openFeeds(root), batch, producer));
