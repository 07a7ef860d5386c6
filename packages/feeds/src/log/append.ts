import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { canonicalJson, sha256 } from '../canonical.js';
import { FeedsError } from '../errors.js';
import type { BlobStore } from '../store/blob-store.js';
import { logPaths, writeHint } from './head.js';
import type { Entry, Log } from './log.js';
import { isUpdate, RECORD_FORMAT, recordBytes } from './record.js';
import type { RecordEnvelope } from './record.js';

/** The run that a record commits; the same run commits once. */
export interface Run {
  readonly producerId: string;
  readonly runId: string;
}

/** What a record says beyond its envelope, given the record before it. */
export type Draft<R extends RecordEnvelope> = (
  previous: RecordEnvelope | undefined,
  seq: number,
) => Omit<R, 'format' | 'feed' | 'seq' | 'commitId' | 'prev' | 'timestamp'>;

/** Where and how to append; `now` is in milliseconds since 1970. */
export interface Appending {
  readonly store: BlobStore;
  readonly log: Log;
  readonly feed: string;
  readonly now: () => number;
}

/** Losing a race costs a re-read. A writer that loses this often is not served by trying again. */
const MAX_ATTEMPTS = 1_000;

/**
 * Commits one record at the end of the log, or finds that `run` has committed before: then that record. Whoever loses the
 * race for a place re-reads, re-checks and tries the next one. Throws FEEDS_CONTENDED after 1,000 places lost.
 */
export async function append<R extends RecordEnvelope>(
  to: Appending,
  draft: Draft<R>,
  run: Run | undefined,
): Promise<RecordEnvelope> {
  const { store, log, feed } = to;
  const paths = logPaths(feed);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const head = await log.head();
    const before = run && (await committedBy(to, run, head));
    if (before) return before;
    await markRun(to, head?.record);
    const record = nextRecord(to, draft, head);
    if (await commit(to, record)) {
      await writeHint(store, paths, record.seq);
      await markRun(to, record).catch(() => undefined);
      return record;
    }
    await delay(Math.random() * Math.min(2 ** attempt, 64) - 1);
  }
  throw new FeedsError(
    'FEEDS_CONTENDED',
    `Lost ${MAX_ATTEMPTS} races to commit to ${feed}. Let fewer writers put at once.`,
  );
}

/**
 * The record that `run` has committed, or undefined. Before anyone commits after a record, that record's run is marked; so
 * a run has committed exactly if it has a marker or made the head, however its writer ended.
 */
export async function committedBy(
  to: Appending,
  run: Run,
  head: Entry | undefined,
): Promise<RecordEnvelope | undefined> {
  if (head === undefined) return undefined;
  if (sameRun(runOf(head.record), run)) return head.record;
  const bytes = await to.store.read(logPaths(to.feed).run(runKey(run)));
  if (bytes === undefined) return undefined;
  const { seq } = JSON.parse(new TextDecoder().decode(bytes));
  const entry = await to.log.at(seq);
  return entry && sameRun(runOf(entry.record), run) ? entry.record : undefined;
}

function nextRecord<R extends RecordEnvelope>(to: Appending, draft: Draft<R>, head: Entry | undefined): RecordEnvelope {
  const seq = (head?.record.seq ?? 0) + 1;
  return {
    ...draft(head?.record, seq),
    format: RECORD_FORMAT,
    feed: to.feed,
    seq,
    commitId: randomUUID(),
    prev: head?.sha256 ?? '',
    timestamp: new Date(laterThan(head?.record, to.now())).toISOString(),
  };
}

/** Now, or a millisecond after the record before: a clock set back never makes time run back in the log. */
export function laterThan(previous: RecordEnvelope | undefined, now: number): number {
  return Math.max(now, previous === undefined ? -Infinity : Date.parse(previous.timestamp) + 1);
}

/** Tells whether the record is now at its place. Where the store's answer is no, or lost, the record that is there says. */
async function commit({ store, log, feed }: Appending, record: RecordEnvelope): Promise<boolean> {
  let failure: unknown;
  try {
    if (await store.putIfAbsent(logPaths(feed).record(record.seq), recordBytes(record))) return true;
  } catch (cause) {
    failure = cause;
  }
  const there = await log.read(record.seq);
  if (there === undefined && failure !== undefined) throw failure;
  return there?.record.commitId === record.commitId;
}

async function markRun({ store, feed }: Appending, record: RecordEnvelope | undefined): Promise<void> {
  const run = record && runOf(record);
  if (!record || !run) return;
  const path = logPaths(feed).run(runKey(run));
  if ((await store.stat(path)) !== undefined) return;
  await store.putIfAbsent(path, new TextEncoder().encode(canonicalJson({ ...run, seq: record.seq })));
}

function runOf(record: RecordEnvelope): Run | undefined {
  if (!isUpdate(record) || record.runId === undefined) return undefined;
  return { producerId: record.producer.id, runId: record.runId };
}

function runKey({ producerId, runId }: Run): string {
  return sha256(canonicalJson([producerId, runId]));
}

function sameRun(a: Run | undefined, b: Run): boolean {
  return a?.producerId === b.producerId && a.runId === b.runId;
}
