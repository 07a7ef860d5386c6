/** A thread that measures trials, one after the other, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PlannedTrial } from '@attractions/evaluation';

import { measureTrial } from './measure.js';
import type { TuningQuestion } from './question.js';
import type { WorkerAnswer } from './workers.js';

const question = workerData as TuningQuestion;
const answer = (value: WorkerAnswer): void => parentPort?.postMessage(value);

parentPort?.on('message', async (trial: PlannedTrial) => {
  try {
    answer({ measured: await measureTrial(question, trial) });
  } catch (error) {
    answer({ fault: error instanceof Error ? error.message : String(error) });
  }
});
