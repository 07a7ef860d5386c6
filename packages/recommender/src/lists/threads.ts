import { Worker } from 'node:worker_threads';
import type { Experiment } from '@attractions/experiments';
import { packed, shared } from '@attractions/models';
import type { Frame, Generation, Piece } from '@attractions/models';
import { tableFromIPC } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow';
import type { RecommendationRequest } from '../answers/recommender.js';

/** What every list is made of. */
export interface ListsOrder {
  /** What each user is asked for. */
  readonly request: Omit<RecommendationRequest, 'userId'>;
  readonly experiment: Experiment | undefined;
  /** As `timeZonesIn` reads them. */
  readonly timeZones: string | undefined;
  readonly generatedAtMs: number;
  /** Names of the kinds that answer, in the order of the chain. */
  readonly kinds: readonly string[];
  /** The configuration file with rules, written lists and kinds of your own: functions do not travel between threads. */
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

/** Users of one turn, by their rows in the model: from, to. */
export type Turn = readonly [from: number, to: number];

/** The lists of some users who follow each other. */
export interface ListsPart {
  readonly users: number;
  readonly entries: number;
  readonly batches: readonly RecordBatch[];
}

/** Users of a turn: lists of 100 entries are then some 8 MB, and a model of few users is shared evenly all the same. */
const USERS_A_TURN = 500;

/** Turns that a thread may be ahead of what is taken, so that it never waits and memory does not grow. */
const AHEAD = 2;

// From the sources of a test, the built program beside them.
const program = new URL('../../dist/lists/lists-thread.js', import.meta.url);

/** Puts a generation into memory that threads share; it is copied once. */
export function listsSource(generation: Generation): ListsSource {
  const { frame, pieces } = packed(generation);
  return { users: generation.userOf.size, frame, pieces: shared(pieces) };
}

/**
 * The lists of all users of a generation, in the order of their rows, made on threads that share its memory. Which thread makes which list does not show.
 * Threads wait where nobody takes what they made, and end with the iteration, however it ends.
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
      // It is reported when its turn comes to be taken.
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
