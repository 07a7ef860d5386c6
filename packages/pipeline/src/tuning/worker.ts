/** A thread that measures trials, one after the other, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PlannedTrial } from '@attractions/evaluation';

import { measureTrial } from './measure.js';
import type { TuningQuestion } from './question.js';

const question = workerData as TuningQuestion;

parentPort?.on('message', async (trial: PlannedTrial) => {
  try {
    parentPort?.postMessage({ value: await measureTrial(question, trial) });
  } catch (error) {
    parentPort?.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
});
