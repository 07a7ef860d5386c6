import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PlannedTrial } from '@attractions/evaluation';

import { measureTrial } from './measure.js';
import type { TuningQuestion } from './question.js';

/** Threads that measure trials; each `measure` takes one that is free. */
export interface Workers {
  measure(trial: PlannedTrial): Promise<number>;
  close(): Promise<void>;
}

/** Opens so many threads with the question in each. One is none: it measures here. */
export function openWorkers(question: TuningQuestion, count: number): Workers {
  if (count === 1) return { measure: (trial) => measureTrial(question, trial), close: async () => undefined };
  const threads = Array.from(
    { length: count },
    () => new Worker(new URL('./worker.js', import.meta.url), { workerData: question }),
  );
  const free = [...threads];
  return {
    measure: async (trial) => {
      const thread = free.pop();
      if (thread === undefined) throw new Error(`More than ${count} trials at a time.`);
      thread.postMessage(trial);
      const [{ value, fault }] = (await once(thread, 'message')) as [{ value: number; fault?: string }];
      free.push(thread);
      if (fault !== undefined) throw new Error(`Trial ${trial.key} failed: ${fault}`);
      return value;
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.terminate()))),
  };
}
