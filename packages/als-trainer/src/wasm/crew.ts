import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import type { WasmHost, WasmMemory } from './module.js';

/** What all chunks of a job share; the crew sets the other words. See `Job` in assembly/work.ts. */
interface Job {
  readonly chunkCount: number;
  /** Address of the bounds of the chunks. */
  readonly bounds: number;
  /** Address of the step whose rows are solved; 0 for a Gramian. */
  readonly step: number;
  /** Address and bytes of a row of the factors whose Gramian is taken. */
  readonly factors: number;
  readonly stride: number;
  /** Address of the results of the chunks. */
  readonly out: number;
}

/** The calling thread and the workers it started, over one memory. */
export interface Crew {
  /** Does all chunks of a job. Rejects with the signal's reason when aborted, or with the error of a worker; the crew must then be closed. */
  run(job: Job, signal?: AbortSignal): Promise<void>;
  /** Ends the workers, even in the middle of a job. */
  close(): Promise<void>;
}

/** Words of a job that change while it runs. */
const word = { round: 0, remaining: 1, done: 2, closed: 3 } as const;

/** How often the calling thread lets the event loop run. */
const TURN_MS = 20;

/**
 * The program of a worker, as text, since bundlers would lose a file of its own. It runs as a module where the process was started with
 * `--input-type=module`, otherwise as a script, and works as both.
 */
const workerProgram = `
import('node:worker_threads').then(({ workerData: { module, memory, job, scratch } }) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports.serve(job, scratch));
`;

/**
 * Starts one worker for each scratch area but the first, which belongs to the calling thread. A job does not wait for workers to start:
 * threads that run take its chunks.
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

  /** From time to time lets the event loop run, so that signals and errors arrive. */
  const takeTurn = async (signal?: AbortSignal): Promise<void> => {
    if (performance.now() - turned > TURN_MS) {
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
        Atomics.wait(control, word.done, done, TURN_MS);
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
