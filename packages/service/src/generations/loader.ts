import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { FeedStore } from '@attractions/feeds';
import { BUILT_IN_KINDS, DEFAULT_KINDS, loadGeneration, unpacked } from '@attractions/models';
import type { Frame, Generation, Piece, ScoringKind } from '@attractions/models';

/** The input of the thread. */
export interface LoadOrder {
  readonly root: string;
  /** Undefined: as `loadGeneration` chooses. */
  readonly model: number | undefined;
  /** Names of the kinds whose models are loaded as well. */
  readonly kinds: readonly string[];
  /** The configuration file with the kinds that are not built in. */
  readonly configFile: string | undefined;
  /** Whether answers have priority over loading: not at the start, when there are no answers yet. */
  readonly behindAnswers: boolean;
}

/** What the thread sends: a frame with the number of pieces, then one piece for each message that it gets; or a fault. */
export type Loaded =
  { readonly frame: Frame; readonly pieces: number } | { readonly piece: Piece } | { readonly fault: Fault };

interface Fault {
  readonly code: string | undefined;
  readonly exitCode: number | undefined;
  readonly message: string;
}

/** Loads and verifies the generation of a model. */
export type LoadGeneration = (order: Pick<LoadOrder, 'model' | 'behindAnswers'>) => Promise<Generation>;

const program = fileURLToPath(new URL('./loader-thread.js', import.meta.url));

/**
 * Loads on a separate thread, so that reading and checking a large model never delays an answer, and the memory for reading is freed when the thread ends.
 * Loads on this thread, between answers, in three cases: the store is in memory, which another thread cannot see; TypeScript runs from source, where there is
 * no compiled thread; or some kinds are neither built in nor from a configuration file.
 *
 * @param kinds whose models are loaded as well
 * @param configFile with the kinds that are not built in
 */
export function loaderOf(
  store: FeedStore,
  kinds: readonly ScoringKind[] = DEFAULT_KINDS,
  configFile?: string,
): LoadGeneration {
  const names = kinds.map(({ name }) => name);
  const known = configFile !== undefined || names.every((name) => BUILT_IN_KINDS.some((kind) => kind.name === name));
  if (store.root === 'memory:' || !existsSync(program) || !known)
    return ({ model }) => loadGeneration(store, model, kinds);
  return (order) => loadOnThread({ root: store.root, kinds: names, configFile, ...order });
}

async function loadOnThread(order: LoadOrder): Promise<Generation> {
  const thread = new Worker(program, { workerData: order });
  // At the start, only the thread keeps the process alive.
  if (order.behindAnswers) thread.unref();
  try {
    return await receivedFrom(thread);
  } finally {
    await thread.terminate();
  }
}

function receivedFrom(thread: Worker): Promise<Generation> {
  let frame: Frame;
  let due = 0;
  const pieces: Piece[] = [];
  return new Promise((resolve, reject) => {
    thread.on('message', (message: Loaded) => {
      if ('fault' in message) return reject(errorOf(message.fault));
      if ('frame' in message) [frame, due] = [message.frame, message.pieces];
      else pieces.push(message.piece);
      if (pieces.length === due) resolve(unpacked(frame, pieces));
      else thread.postMessage('next');
    });
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread that loads a model ended with code ${code}.`)));
  });
}

/** An error with the same code and message: classes are lost between threads. */
const errorOf = ({ code, exitCode, message }: Fault): Error => Object.assign(new Error(message), { code, exitCode });
