import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Measured, PlannedTrial } from '@attractions/evaluation';

import { measureTrial } from './measure.js';
import type { TuningQuestion } from './question.js';

/** Threads that measure trials; each `measure` takes one that is free. */
export interface Workers {
  /** @throws the signal's reason at once, though the thread may still be working */
  measure(trial: PlannedTrial): Promise<Measured>;
  close(): Promise<void>;
}

/** The answer of a thread. */
export type WorkerAnswer = { readonly measured: Measured } | { readonly fault: string };

/** Starts `count` threads with the same task. For a count of 1 it starts none: trials are measured on this thread. */
export function openWorkers(question: TuningQuestion, count: number, signal: AbortSignal): Workers {
  if (count === 1) return { measure: (trial) => measureTrial(question, trial, signal), close: async () => undefined };
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
      const [answer] = (await once(thread, 'message', { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      })) as [WorkerAnswer];
      free.push(thread);
      if ('fault' in answer) throw new Error(`Trial ${trial.key} failed: ${answer.fault}`);
      return answer.measured;
    },
    close: async () => void (await Promise.all(threads.map((thread) => thread.terminate()))),
  };
}
