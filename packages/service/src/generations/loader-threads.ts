import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { unpacked } from '@attractions/models';
import type { Frame, Generation, Piece } from '@attractions/models';

/** What a thread is to load. */
export interface LoadOrder {
  readonly root: string;
  /** Undefined: as `loadGeneration` chooses. */
  readonly model: number | undefined;
  /** Names of the kinds whose models are loaded as well. */
  readonly kinds: readonly string[];
  /** The configuration file with the kinds that are not built in. */
  readonly configFile: string | undefined;
}

/** A message to a thread: an order with its number, or only the number for the next piece. */
export interface Ordered {
  readonly n: number;
  readonly order?: LoadOrder;
}

/** What the thread sends, with the number of the order: a frame with the number of pieces that are due; some of them; or a fault. */
export type Loaded =
  | { readonly frame: Frame; readonly due: number; readonly pieces: readonly Piece[] }
  | { readonly pieces: readonly Piece[] }
  | { readonly fault: Fault };

interface Fault {
  readonly code: string | undefined;
  readonly exitCode: number | undefined;
  readonly message: string;
}

/** Threads that load generations. */
export interface LoaderThreads {
  load(order: LoadOrder): Promise<Generation>;
  close(): Promise<void>;
}

interface ThreadOptions {
  /** Most threads at once. */
  readonly threads: number;
  /** How long a thread without an order stays. Its memory for reading is freed when it ends. */
  readonly idleMs: number;
  /** Whether one thread is started at once and stays: starting one takes longer than loading a small model. */
  readonly oneStays?: boolean;
  /** Whether answers have priority over loading. */
  readonly behindAnswers: boolean;
  /** A load that takes longer fails, and its thread is ended: a file system that hangs must not hold the threads for good. Default: loads may take as long as they need. */
  readonly timeoutMs?: number;
  /** Whether threads keep the process alive while they load. */
  readonly holdsProcess?: boolean;
}

/** Orders that one thread works on at once: while one waits for the disk, another one is decoded. */
const ORDERS_OF_A_THREAD = 3;

const program = fileURLToPath(new URL('./loader-thread.js', import.meta.url));

/** Whether there are threads: not where TypeScript runs from source. */
export const hasLoaderThreads = (): boolean => existsSync(program);

/** The number of threads for a service that loads on demand: one core is left for answers. */
export const usualThreads = (): number => Math.max(1, Math.min(4, availableParallelism() - 1));

interface Thread {
  readonly worker: Worker;
  readonly orders: Map<number, Receipt>;
  idle?: NodeJS.Timeout | undefined;
}

/** An order, and who waits for it. */
interface Job {
  readonly order: LoadOrder;
  resolve(generation: Generation): void;
  reject(error: unknown): void;
}

/** What has come of a job. */
interface Receipt {
  readonly job: Job;
  frame?: Frame;
  due: number;
  readonly pieces: Piece[];
  readonly timeout: NodeJS.Timeout | undefined;
}

/** Starts no thread before the first order. Orders wait while all threads have enough. */
export function loaderThreads(options: ThreadOptions): LoaderThreads {
  const { threads, idleMs, oneStays = false, behindAnswers, timeoutMs, holdsProcess = false } = options;
  const running = new Set<Thread>();
  const waiting: Job[] = [];
  let count = 0;

  const end = (thread: Thread, error?: unknown): Promise<number> => {
    running.delete(thread);
    clearTimeout(thread.idle);
    for (const { timeout, job } of thread.orders.values()) {
      clearTimeout(timeout);
      job.reject(error);
    }
    thread.orders.clear();
    return thread.worker.terminate();
  };

  const start = (): Thread => {
    const worker = new Worker(program, { workerData: { behindAnswers } });
    if (!holdsProcess) worker.unref();
    const thread: Thread = { worker, orders: new Map() };
    worker.on('message', ({ n, ...message }: Loaded & { n: number }) => receive(thread, n, message));
    const failed = (error: unknown) => {
      if (!running.has(thread)) return;
      void end(thread, error);
      dispatch();
    };
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`The thread that loads models ended with code ${code}.`)));
    running.add(thread);
    return thread;
  };

  const receive = (thread: Thread, n: number, message: Loaded): void => {
    const receipt = thread.orders.get(n);
    if (receipt === undefined) return;
    if ('fault' in message) receipt.job.reject(errorOf(message.fault));
    else {
      if ('frame' in message) [receipt.frame, receipt.due] = [message.frame, message.due];
      receipt.pieces.push(...message.pieces);
      if (receipt.pieces.length < receipt.due) return thread.worker.postMessage({ n } satisfies Ordered);
      receipt.job.resolve(unpacked(receipt.frame as Frame, receipt.pieces));
    }
    clearTimeout(receipt.timeout);
    thread.orders.delete(n);
    dispatch();
    if (thread.orders.size > 0) return;
    thread.idle = setTimeout(() => (oneStays && running.size === 1 ? undefined : void end(thread)), idleMs).unref();
  };

  const dispatch = (): void => {
    for (;;) {
      const free = [...running].sort((a, b) => a.orders.size - b.orders.size)[0];
      const thread =
        running.size < threads && (free === undefined || free.orders.size > 0) && waiting.length > 0 ? start() : free;
      if (thread === undefined || thread.orders.size >= ORDERS_OF_A_THREAD) return;
      const job = waiting.shift();
      if (job === undefined) return;
      const n = count++;
      clearTimeout(thread.idle);
      const timeout = timeoutMs === undefined ? undefined : setTimeout(() => late(thread, n, timeoutMs), timeoutMs);
      timeout?.unref();
      thread.orders.set(n, { job, due: 0, pieces: [], timeout });
      thread.worker.postMessage({ n, order: job.order } satisfies Ordered);
    }
  };

  /** Fails the load that takes too long; the others of its thread begin again. */
  const late = (thread: Thread, n: number, afterMs: number): void => {
    const { job } = thread.orders.get(n) as Receipt;
    thread.orders.delete(n);
    const others = [...thread.orders.values()];
    for (const { timeout } of others) clearTimeout(timeout);
    thread.orders.clear();
    void end(thread);
    const message = `The model in '${job.order.root}' was not read within ${afterMs / 1_000} s.`;
    job.reject(Object.assign(new Error(message), { code: 'TIMEOUT' }));
    waiting.unshift(...others.map((other) => other.job));
    dispatch();
  };

  if (oneStays && hasLoaderThreads()) start();

  return {
    load: (order) =>
      new Promise((resolve, reject) => {
        waiting.push({ order, resolve, reject });
        dispatch();
      }),
    close: async () => {
      const closed = new Error('The service has ended.');
      for (const { reject } of waiting.splice(0)) reject(closed);
      await Promise.all([...running].map((thread) => end(thread, closed)));
    },
  };
}

/** An error with the same code and message: classes are lost between threads. */
const errorOf = ({ code, exitCode, message }: Fault): Error => Object.assign(new Error(message), { code, exitCode });
