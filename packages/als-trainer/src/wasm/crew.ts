import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import type { WasmHost, WasmMemory } from './module.js';

/** What a job's chunks have in common; the other words are the crew's own. See `Job` in assembly/work.ts. */
interface Job {
  readonly chunkCount: number;
  /** Address of the bounds of the chunks. */
  readonly bounds: number;
  /** Address of the step whose rows are solved; 0 for a Gramian. */
  readonly step: number;
  /** Address and bytes of a row of the factors whose Gramian is taken. */
  readonly factors: number;
  readonly stride: number;
  /** Address of what the chunks give. */
  readonly out: number;
}

/** The calling thread and the workers it started, over one memory. */
export interface Crew {
  /** Does all chunks of a job. Rejects with the signal's reason when aborted, or when a worker died; close the crew then. */
  run(job: Job, signal?: AbortSignal): Promise<void>;
  /** Ends the workers, whatever they are doing. */
  close(): Promise<void>;
}

/** Words of a job that change while it runs. */
const word = { round: 0, remaining: 1, done: 2, closed: 3 } as const;

/** The calling thread lets the event loop run this often. */
const turnMs = 20;

/**
 * What a worker runs: text, since a file of its own would be lost to bundlers. It is a module where the process was started with
 * `--input-type=module`, else a script, and has to work as either.
 */
const workerProgram = `
import('node:worker_threads').then(({ workerData: { module, memory, job, scratch } }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.serve(job, scratch));
`;

/**
 * Starts one worker for each scratch area but the first, which is the calling thread's. Nobody waits for workers to start: who is there
 * takes chunks.
 */
export function startCrew(
  { module, instantiate }: WasmHost,
  memory: WasmMemory,
  job: number,
  scratch: readonly number[],
): Crew {
  const control = new Int32Array(memory.buffer, job, 4);
  const fields = new Uint32Array(memory.buffer, job + 16, 5);
  const { work } = instantiate(memory);
  const [own, ...others] = scratch as [number, ...number[]];
  let failure: Error | undefined;
  let turned = performance.now();
  const workers = others.map((area) => {
    const worker = new Worker(workerProgram, { eval: true, workerData: { module, memory, job, scratch: area } });
    worker.on('error', (error) => (failure = error));
    worker.unref();
    return worker;
  });

  /** Lets signals and errors be heard now and then. */
  const takeTurn = async (signal?: AbortSignal): Promise<void> => {
    if (performance.now() - turned > turnMs) {
      await setImmediate();
      turned = performance.now();
    }
    signal?.throwIfAborted();
    if (failure) throw failure;
  };

  return {
    async run({ chunkCount, bounds, step, factors, stride, out }, signal) {
      signal?.throwIfAborted();
      fields.set([bounds, step, factors, stride, out]);
      Atomics.store(control, word.done, 0);
      Atomics.store(control, word.remaining, chunkCount);
      Atomics.add(control, word.round, 1);
      Atomics.notify(control, word.round);
      while (work(job, own)) await takeTurn(signal);
      for (let done = 0; (done = Atomics.load(control, word.done)) < chunkCount; await takeTurn(signal))
        Atomics.wait(control, word.done, done, turnMs);
    },
    async close() {
      Atomics.store(control, word.remaining, 0);
      Atomics.store(control, word.closed, 1);
      Atomics.add(control, word.round, 1);
      Atomics.notify(control, word.round);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
