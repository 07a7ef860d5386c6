import { Worker } from 'node:worker_threads';
import type { Experiment } from '@attractions/experiments';
import { packed, shared } from '@attractions/models';
import type { Frame, Generation, Piece } from '@attractions/models';
import { tableFromIPC } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow';
import type { RecommendationRequest } from '../answers/recommender.js';

/** What is the same for all lists. */
export interface ListsOrder {
  /** The request of each user. */
  readonly request: Omit<RecommendationRequest, 'userId'>;
  readonly experiments: readonly Experiment[];
  /** The recommender that answers everybody who is in no experiment. */
  readonly usual?: string | undefined;
  /** As `timeZonesIn` reads them. */
  readonly timeZones: string | undefined;
  readonly generatedAtMs: number;
  /** Names of the kinds of model, in the order in which they are tried. */
  readonly kinds: readonly string[];
  /** The configuration file with rules, written lists and kinds of your own: functions cannot be sent to a thread. */
  readonly configFile?: string | undefined;
}

/** A generation in memory that threads share. */
export interface ListsSource {
  readonly users: number;
  readonly frame: Frame;
  readonly pieces: readonly Piece[];
}

/** What a thread starts with. */
export interface ThreadOrder extends ListsOrder, ListsSource {}

/** A range of users, by their rows in the model; `to` is not in it. */
export type Turn = readonly [from: number, to: number];

/** The lists of one range of users. */
export interface ListsPart {
  readonly users: number;
  readonly entries: number;
  readonly batches: readonly RecordBatch[];
}

/** Users in one range. Lists of 100 entries then take about 8 MB, and even a small model is divided evenly among the threads. */
const USERS_A_TURN = 500;

/** Ranges that a thread may work ahead of the reader: enough that it never waits, and few enough that memory does not grow. */
const AHEAD = 2;

// Tests run from `src`; the built thread is in `dist`.
const program = new URL('../../dist/lists/lists-thread.js', import.meta.url);

/** Puts a generation into memory that threads share; it is copied once. */
export function listsSource(generation: Generation): ListsSource {
  const { frame, pieces } = packed(generation);
  return { users: generation.userOf.size, frame, pieces: shared(pieces) };
}

/**
 * Makes the lists of all users of a generation, in the order of their rows, on threads that share its memory. The result does not depend on which thread
 * makes which list. Threads wait while nothing is taken, and end with the iteration, also after an error.
 */
export async function* listsOnThreads(
  source: ListsSource,
  order: ListsOrder,
  threadCount: number,
): AsyncGenerator<ListsPart, void> {
  const { users } = source;
  const turns = Array.from({ length: Math.ceil(users / USERS_A_TURN) }, (_, n): Turn => {
    return [n * USERS_A_TURN, Math.min(users, (n + 1) * USERS_A_TURN)];
  });
  const workerData: ThreadOrder = { ...order, ...source };
  const threads = Array.from({ length: Math.min(threadCount, turns.length) }, () => threadOf(workerData));
  try {
    const due: Promise<ListsPart>[] = [];
    for (const [n, turn] of turns.entries()) {
      const part = (threads[n % threads.length] as ListsThread).take(turn);
      // The error is thrown when this part is taken.
      part.catch(() => undefined);
      due.push(part);
      if (due.length > AHEAD * threads.length) yield await (due.shift() as Promise<ListsPart>);
    }
    for (const part of due) yield await part;
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

interface ListsThread {
  take(turn: Turn): Promise<ListsPart>;
  end(): Promise<unknown>;
}

function threadOf(workerData: ThreadOrder): ListsThread {
  const thread = new Worker(program, { workerData });
  const waiting: { turn: Turn; resolve(part: ListsPart): void; reject(cause: unknown): void }[] = [];
  let fault: unknown;
  const fail = (cause: unknown) => {
    fault ??= cause;
    for (const { reject } of waiting.splice(0)) reject(fault);
  };
  thread.on('message', (bytes: Uint8Array) => {
    const { turn, resolve } = waiting.shift() as (typeof waiting)[number];
    const { batches, numRows } = tableFromIPC(bytes);
    resolve({ users: turn[1] - turn[0], entries: numRows, batches });
  });
  thread.once('error', fail);
  thread.once('exit', (code) => fail(new Error(`A thread that makes lists ended with code ${code}.`)));
  return {
    take: (turn) =>
      new Promise((resolve, reject) => {
        if (fault !== undefined) return reject(fault);
        waiting.push({ turn, resolve, reject });
        thread.postMessage(turn);
      }),
    end: () => thread.terminate(),
  };
}
