import { existsSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import type { FeedStore } from '@attractions/feeds';
import { BUILT_IN_KINDS, DEFAULT_KINDS, loadGeneration, unpacked } from '@attractions/models';
import type { Frame, Generation, Piece, ScoringKind } from '@attractions/models';

/** What the thread is asked for. */
export interface LoadOrder {
  readonly root: string;
  /** Undefined: as `loadGeneration` chooses. */
  readonly model: number | undefined;
  /** Names of the kinds whose models are loaded as well. */
  readonly kinds: readonly string[];
  /** The configuration file that those of them come from that are not built in. */
  readonly configFile: string | undefined;
  /** Whether answers come first: not at the start, when there are none. */
  readonly behindAnswers: boolean;
}

/** What the thread sends: a frame and then, one for each message to it, as many pieces as that says; or why there is none. */
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
 * Loads on a thread of its own, so that reading and checking a large model never holds up an answer, and what reading takes of memory goes when the
 * thread ends. A store in memory cannot be seen from there, nor is there a compiled thread where TypeScript runs from source; then it loads on this
 * thread, between answers; so it does for kinds that neither are built in nor come from a configuration file.
 *
 * @param kinds whose models are loaded as well
 * @param configFile where those of them come from that are not built in
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
  // At the start nothing else keeps the process alive.
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

/** The error as it can be told by: a class does not survive the way between threads. */
const errorOf = ({ code, exitCode, message }: Fault): Error => Object.assign(new Error(message), { code, exitCode });

/**
 * Lowers the priority of the calling thread (not of the process): when the processor is busy, it gets about a tenth of the time of other threads. For
 * background work, so that answers come first. Works on Linux, where each thread has an id; does nothing elsewhere.
 */
export function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // No /proc, or no permission: the thread keeps its priority.
  }
}
