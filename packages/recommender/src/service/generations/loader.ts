import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { FeedStore } from '@attractions/feeds';
import { RecommenderError } from '../../errors.js';
import type { RecommenderErrorCode } from '../../errors.js';
import type { Generation } from '../../generation/generation.js';
import { loadGeneration } from '../../generation/load.js';
import { unpacked } from './parcel.js';
import type { Parcel } from './parcel.js';

/** What the thread is asked for. */
export interface LoadOrder {
  readonly root: string;
  /** Undefined: as `loadGeneration` chooses. */
  readonly model: number | undefined;
  /** Whether answers come first: not at the start, when there are none. */
  readonly behindAnswers: boolean;
}

/** What the thread sends back. */
export type Loaded =
  | { readonly parcel: Parcel }
  | {
      readonly fault: {
        readonly code: string | undefined;
        readonly exitCode: number | undefined;
        readonly message: string;
      };
    };

/** Loads and verifies the generation of a model. */
export type LoadGeneration = (order: Omit<LoadOrder, 'root'>) => Promise<Generation>;

const program = fileURLToPath(new URL('./loader-thread.js', import.meta.url));

/**
 * Loads on a thread of its own, so that reading and checking a large model never holds up an answer, and what reading takes of memory goes when the
 * thread ends. A store in memory cannot be seen from there, nor is there a compiled thread where TypeScript runs from source; then it loads on this
 * thread, between answers.
 */
export function loaderOf(store: FeedStore): LoadGeneration {
  const here = store.root === 'memory:' || !existsSync(program);
  return here ? ({ model }) => loadGeneration(store, model) : (order) => loadOnThread({ root: store.root, ...order });
}

async function loadOnThread(order: LoadOrder): Promise<Generation> {
  const thread = new Worker(program, { workerData: order });
  // At the start nothing else keeps the process alive.
  if (order.behindAnswers) thread.unref();
  const loaded = await new Promise<Loaded>((resolve, reject) => {
    thread.once('message', resolve).once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread that loads a model ended with code ${code}.`)));
  });
  await thread.terminate();
  if ('parcel' in loaded) return unpacked(loaded.parcel);
  const { code = '', exitCode, message } = loaded.fault;
  throw code.startsWith('RECOMMENDER_')
    ? new RecommenderError(code as RecommenderErrorCode, message)
    : Object.assign(new Error(message), { code, exitCode });
}
