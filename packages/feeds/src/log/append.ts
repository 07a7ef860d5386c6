import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { FeedsError } from '../errors.js';
import type { BlobStore } from '../store/blob-store.js';
import { unanswered } from '../store/failure.js';
import { logPaths, writeHint } from './log.js';
import type { Entry, Log } from './log.js';
import { parseRecord } from './parse-record.js';
import { RECORD_FORMAT, recordBytes } from './record.js';
import type { RecordEnvelope } from './record.js';
import { markRun } from './runs.js';

/** The clock of a writer. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(durationMs: number): Promise<void>;
}

export const systemClock: Clock = { now: Date.now, sleep: (durationMs) => delay(durationMs) };

/** The end of one feed's log, where records are appended. */
export interface LogEnd {
  readonly store: BlobStore;
  readonly feed: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** What a record says beyond its envelope. */
export type Draft<R extends RecordEnvelope> = Omit<R, Exclude<keyof RecordEnvelope, 'type' | 'refs'>>;

/** A record to append. Both functions are called again after every lost race, since the answer depends on the head of the log. */
export interface Intent<R extends RecordEnvelope> {
  /** A record that already does what this one would; undefined if there is one to append. */
  settled(head: Entry | undefined): Promise<R | undefined>;
  draft(seq: number, previous: RecordEnvelope | undefined): Draft<R>;
}

/** A lost race costs a read. A writer that loses this often will not win by trying again. */
const MAX_ATTEMPTS = 1_000;

/** Longest wait after a lost race, reached after six losses. */
const MAX_DELAY_MS = 64;

/**
 * Commits one record at the end of the log. A writer that loses the race for a seq reads and checks again, and tries the next one.
 *
 * @throws FeedsError FEEDS_CONTENDED after 1,000 lost races
 */
export async function append<R extends RecordEnvelope>(end: LogEnd, intent: Intent<R>): Promise<R> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const head = await end.log.head();
    const settled = await intent.settled(head);
    if (settled) return settled;
    if (head) await markRun(end, head.record);
    const seq = (head?.record.seq ?? 0) + 1;
    const bytes = recordBytes(inEnvelope(end, head, seq, intent.draft(seq, head?.record)));
    // Parsed from the bytes: what later readers will see, and nothing that the caller may still change.
    const record = parseRecord(bytes, end.feed, seq, logPaths(end.feed).record(seq)) as R;
    if (await commit(end, record, bytes)) {
      end.log.reached(seq);
      await afterwards(end, record);
      return record;
    }
    await end.clock.sleep(Math.random() * Math.min(2 ** attempt, MAX_DELAY_MS));
  }
  const { feed } = end;
  throw new FeedsError(
    'FEEDS_CONTENDED',
    `Lost ${MAX_ATTEMPTS} races to commit to ${feed}; let fewer writers put at once.`,
  );
}

/**
 * Whether an append that threw this may still turn out to have committed: the store did not answer and shows no record, but on a network
 * the write may be on its way.
 */
export function outcomeUnknown(cause: unknown): boolean {
  return !(cause instanceof FeedsError) || cause.code === 'FEEDS_STORE_FAILED';
}

/** Now, or a millisecond after the previous record: timestamps rise even if the clock is set back. */
export function laterThan(previous: RecordEnvelope | undefined, now: number): Date {
  return new Date(previous === undefined ? now : Math.max(now, Date.parse(previous.timestamp) + 1));
}

function inEnvelope(
  { feed, clock }: LogEnd,
  head: Entry | undefined,
  seq: number,
  draft: Draft<RecordEnvelope>,
): RecordEnvelope {
  return {
    ...draft,
    format: RECORD_FORMAT,
    feed,
    seq,
    commitId: randomUUID(),
    prev: head?.sha256 ?? '',
    timestamp: laterThan(head?.record, clock.now()).toISOString(),
  };
}

/**
 * Whether the record is now in the log. If the store says no, or its answer is lost, the record that is there decides: it may be ours, from
 * an earlier attempt whose answer was lost.
 */
async function commit({ store, feed, log }: LogEnd, record: RecordEnvelope, bytes: Uint8Array): Promise<boolean> {
  let failure: unknown;
  try {
    if (await store.putIfAbsent(logPaths(feed).record(record.seq), bytes)) return true;
  } catch (cause) {
    failure = cause;
  }
  const there = await log.read(record.seq).catch((cause: unknown) => {
    throw failure ?? unanswered(`record ${record.seq} of ${feed}`, cause);
  });
  if (there === undefined && failure !== undefined) throw failure;
  return there?.record.commitId === record.commitId;
}

/** Makes later calls cheaper. The commit stands without it, and the next writer adds what is missing. */
async function afterwards(end: LogEnd, record: RecordEnvelope): Promise<void> {
  await Promise.allSettled([writeHint(end.store, logPaths(end.feed), record.seq), markRun(end, record)]);
}
