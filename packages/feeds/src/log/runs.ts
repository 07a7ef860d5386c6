import { canonicalJson, sha256 } from '../canonical.js';
import type { BlobStore } from '../store/blob-store.js';
import { logPaths } from './log.js';
import type { Entry, Log } from './log.js';
import { corrupt } from './parse-record.js';
import { isUpdate } from './record.js';
import type { RecordEnvelope, UpdateRecord } from './record.js';

/** One run of one producer, which commits to a feed once. */
export interface Run {
  readonly producerId: string;
  readonly runId: string;
}

/** Where the markers of runs are: one small file for each run, with the seq it committed. */
interface Markers {
  readonly store: BlobStore;
  readonly feed: string;
  readonly log: Log;
}

/** The run that a record commits, if it names one. */
export function runOf(record: RecordEnvelope): Run | undefined {
  if (!isUpdate(record) || record.runId === undefined) return undefined;
  return { producerId: record.producer.id, runId: record.runId };
}

/**
 * The record that `run` has committed, or undefined, in a constant number of calls. No writer commits the next record before the run of the
 * head has its marker. So a run has committed if, and only if, it has a marker or made the head, whatever happened to its writer.
 */
export async function committedBy(
  { store, feed, log }: Markers,
  run: Run,
  head: Entry | undefined,
): Promise<UpdateRecord | undefined> {
  if (head === undefined) return undefined;
  if (commits(head.record, run)) return head.record;
  const path = markerPath(feed, run);
  const bytes = await store.read(path);
  if (bytes === undefined) return undefined;
  const seq = seqOf(bytes);
  const entry = seq === undefined ? undefined : await log.at(seq);
  if (entry && commits(entry.record, run)) return entry.record;
  throw corrupt(`${store.root}/${path}`, `it names the record ${seq}, which that run did not commit`);
}

/** Makes the marker of a committed record's run, unless it is there. */
export async function markRun({ store, feed }: Omit<Markers, 'log'>, record: RecordEnvelope): Promise<void> {
  const run = runOf(record);
  if (run === undefined) return;
  const path = markerPath(feed, run);
  if ((await store.stat(path)) !== undefined) return;
  await store.putIfAbsent(path, new TextEncoder().encode(canonicalJson({ ...run, seq: record.seq })));
}

function commits(record: RecordEnvelope, run: Run): record is UpdateRecord {
  const other = runOf(record);
  return other?.producerId === run.producerId && other.runId === run.runId;
}

/** The path of the marker of a run. */
export function markerPath(feed: string, { producerId, runId }: Run): string {
  return logPaths(feed).run(sha256(canonicalJson([producerId, runId])));
}

/** The seq that a marker names; undefined if it names none. */
export function seqOf(bytes: Uint8Array): number | undefined {
  try {
    const { seq } = JSON.parse(new TextDecoder().decode(bytes));
    return Number.isSafeInteger(seq) ? seq : undefined;
  } catch {
    return undefined;
  }
}
