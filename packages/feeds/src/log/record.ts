import { canonicalJson, sha256 } from '../canonical.js';
import type { Field } from '../contract.js';

/** The version of the record format that this release writes, and the only one it reads. */
export const RECORD_FORMAT = 1;

/** What every record of a log has, whatever its type. */
export interface RecordEnvelope {
  readonly format: typeof RECORD_FORMAT;
  /** `update`, `alias`, `pin`, `expire`, `purge`; a reader passes over types it does not know, since `refs` says all it needs. */
  readonly type: string;
  /** Path of the feed: `etl/visits/v1.0`. */
  readonly feed: string;
  /** Place in the log: 1, 2, 3, … without a gap. */
  readonly seq: number;
  /** UUID of the attempt: by it a writer knows its own record when the store's answer was lost. */
  readonly commitId: string;
  /** SHA-256 of the bytes of the record before, in hex; empty in the first. */
  readonly prev: string;
  /** UTC with milliseconds, later than that of the record before: `2026-11-22T22:03:11.123Z`. */
  readonly timestamp: string;
  /**
   * Names for records, carried from record to record: `latest` is the newest update, 0 while there is none; `expired` the
   * newest expire record, absent while there is none; the others are aliases.
   */
  readonly refs: { readonly latest: number; readonly [alias: string]: number };
}

/** The commit of an update, and its manifest: nothing that is not named here belongs to it. */
export interface UpdateRecord extends RecordEnvelope {
  readonly type: 'update';
  /** `<major>.<minor>` of the contract it was written under. */
  readonly version: string;
  /** The codec of its files: `parquet`, `csv`, `json`, `als`. */
  readonly codec: string;
  readonly schema: {
    readonly fields: readonly Field[];
    /** SHA-256 of names, types, nullability and ranges: two updates that agree in it have the same columns. */
    readonly fingerprint: string;
  };
  readonly files: readonly DataFile[];
  readonly totals: { readonly files: number; readonly bytes: number; readonly rows: number };
  /** The updates this one was made from. */
  readonly parents: readonly Parent[];
  /** The raw files this one was made from. */
  readonly sources: readonly Source[];
  readonly producer: Producer;
  /** The producer's name for the run; the same run commits once. */
  readonly runId?: string;
  /** What the producer found when it judged the update. */
  readonly checks: Readonly<Record<string, string | number | boolean>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A name given to an update, or moved to another: `refs` has it from here on. */
export interface AliasRecord extends RecordEnvelope {
  readonly type: 'alias';
  readonly alias: string;
  /** Seq of the update it names from now on. */
  readonly target: number;
  readonly producer: Producer;
  /** Why, for people. */
  readonly reason?: string;
}

/** An update that does not expire before a time. A later pin of the same name takes its place. */
export interface PinRecord extends RecordEnvelope {
  readonly type: 'pin';
  /** Name of the pin: `audit-2026`. */
  readonly pin: string;
  /** Seq of the update. */
  readonly target: number;
  /** End of the lease, UTC with milliseconds. */
  readonly until: string;
  readonly producer: Producer;
  readonly reason?: string;
}

/** Every update with a seq from the first to the last, both inclusive. */
export type SeqRange = readonly [first: number, last: number];

/** Updates given up: nobody may name or pin them any more, and their data are deleted once the grace is over. */
export interface ExpireRecord extends RecordEnvelope {
  readonly type: 'expire';
  /** Seqs of the updates that this record lets expire, rising. */
  readonly updates: readonly number[];
  /** All that have expired, these and those before. */
  readonly expired: readonly SeqRange[];
  /** How long after this record their data stay. */
  readonly graceMs: number;
  readonly producer: Producer;
  readonly reason?: string;
}

/** The data of expired updates are gone; their records stay. */
export interface PurgeRecord extends RecordEnvelope {
  readonly type: 'purge';
  /** Seq of the expire record that was carried out. */
  readonly expire: number;
  readonly updates: readonly number[];
  /** What was deleted. */
  readonly totals: { readonly files: number; readonly bytes: number };
  readonly producer: Producer;
}

/** One data file of an update. */
export interface DataFile {
  /** Relative to the feed's folder: `20261122T220311123Z/part-00000-<uuid>.parquet`. */
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  /** Of the whole file, in hex. */
  readonly sha256: string;
}

/** An update of another feed, named so that no other can be taken for it. */
export interface Parent {
  readonly feed: string;
  readonly seq: number;
  /** Of the bytes of its record, in hex. */
  readonly sha256: string;
}

/** A raw file outside the feeds. */
export interface Source {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The program that made an update. */
export interface Producer {
  /** Name of the stage: `etl`. With a run id it makes a put idempotent. */
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly gitSha?: string;
  /** The settings it ran with; JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The exact bytes of a record: RFC 8785, UTF-8, no line end. The chain hashes these. */
export function recordBytes(record: RecordEnvelope): Uint8Array {
  return new TextEncoder().encode(canonicalJson(record));
}

/** What a record made from this update says of it. */
export function parentOf(record: UpdateRecord): Parent {
  return { feed: record.feed, seq: record.seq, sha256: sha256(recordBytes(record)) };
}

/** SHA-256 of what makes two schemas the same: descriptions may change. */
export function schemaFingerprint(fields: readonly Field[]): string {
  return sha256(canonicalJson(fields.map(({ name, type, nullable, range }) => ({ name, type, nullable, range }))));
}

/** Tells whether a record names an update. */
export function isAlias(record: RecordEnvelope): record is AliasRecord {
  return record.type === 'alias';
}

/** Tells whether a record pins an update. */
export function isPin(record: RecordEnvelope): record is PinRecord {
  return record.type === 'pin';
}

/** Tells whether a record lets updates expire. */
export function isExpire(record: RecordEnvelope): record is ExpireRecord {
  return record.type === 'expire';
}

/** Tells whether a record says that data were deleted. */
export function isPurge(record: RecordEnvelope): record is PurgeRecord {
  return record.type === 'purge';
}

/** Tells whether a record commits an update. */
export function isUpdate(record: RecordEnvelope): record is UpdateRecord {
  return record.type === 'update';
}
