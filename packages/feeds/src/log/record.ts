import { canonicalJson, sha256 } from '../canonical.js';
import type { Field } from '../contract.js';

/** The version of the record format that this release writes, and the only one it reads. */
export const RECORD_FORMAT = 1;

/** What every record of a log has. */
export interface RecordEnvelope {
  readonly format: typeof RECORD_FORMAT;
  /** `update`, `alias`, `pin`, `expire`, `purge`; readers skip types they do not know, since `refs` has all they need. */
  readonly type: string;
  /** Path of the feed: `weather/readings/v1.0`. */
  readonly feed: string;
  /** Place in the log: 1, 2, 3, … without gaps. */
  readonly seq: number;
  /** UUID of the attempt: a writer whose answer was lost recognises its own record by it. */
  readonly commitId: string;
  /** SHA-256 of the bytes of the previous record, in hex; empty in the first. */
  readonly prev: string;
  /** UTC with milliseconds, later than that of the previous record: `2026-11-22T22:03:11.123Z`. */
  readonly timestamp: string;
  /**
   * Names of records, copied from record to record: `latest` is the newest update, 0 if there is none; `expired` is the newest expire
   * record, absent if there is none; the others are aliases.
   */
  readonly refs: { readonly latest: number; readonly [alias: string]: number };
}

/** The commit of an update, and its manifest: a file that is not named here does not belong to the update. */
export interface UpdateRecord extends RecordEnvelope {
  readonly type: 'update';
  /** `<major>.<minor>` of the contract it was written under. */
  readonly version: string;
  /** The codec of its files: `parquet`, `csv`, `json` or one of your own. */
  readonly codec: string;
  readonly schema: {
    readonly fields: readonly Field[];
    /** SHA-256 of names, types, nullability and ranges: updates with the same fingerprint have the same columns. */
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
  /** What the producer found when it checked the update. */
  readonly checks: Readonly<Record<string, string | number | boolean>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** An alias given to an update, or moved to another: from this record on it is in `refs`. */
export interface AliasRecord extends RecordEnvelope {
  readonly type: 'alias';
  readonly alias: string;
  /** Seq of the update it names from now on. */
  readonly target: number;
  readonly producer: Producer;
  /** Why, for people. */
  readonly reason?: string;
}

/** Keeps an update from expiring before a time. A later pin of the same name replaces it. */
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

/** Updates that have expired: they cannot be named or pinned any more, and their data are deleted when the grace period is over. */
export interface ExpireRecord extends RecordEnvelope {
  readonly type: 'expire';
  /** Seqs of the updates that expire by this record, rising. */
  readonly updates: readonly number[];
  /** All updates that have expired, by this record and earlier ones. */
  readonly expired: readonly SeqRange[];
  /** How long their data stay after this record. */
  readonly graceMs: number;
  readonly producer: Producer;
  readonly reason?: string;
}

/** The data of expired updates were deleted; their records stay. */
export interface PurgeRecord extends RecordEnvelope {
  readonly type: 'purge';
  /** Seq of the expire record whose data were deleted. */
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
  /** Seq of the update that wrote it, if that is an earlier one: the two share the file. Absent if this update wrote it. */
  readonly addedIn?: number;
}

/** An update of another feed, identified by the hash of its record. */
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
  /** What tells, without reading it, that it is as it was: a modification time, an etag, a watermark. */
  readonly version?: string;
}

/** The program that made an update. */
export interface Producer {
  /** Name of the program or stage. With a run id it makes a put idempotent. */
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly gitSha?: string;
  /** The settings it ran with; JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The exact bytes of a record, which the chain hashes: RFC 8785, UTF-8, no newline at the end. */
export function recordBytes(record: RecordEnvelope): Uint8Array {
  return new TextEncoder().encode(canonicalJson(record));
}

/** This update as a parent, for the record of an update made from it. */
export function parentOf(record: UpdateRecord): Parent {
  return { feed: record.feed, seq: record.seq, sha256: sha256(recordBytes(record)) };
}

/** SHA-256 of a schema without its descriptions, which may change. */
export function schemaFingerprint(fields: readonly Field[]): string {
  return sha256(canonicalJson(fields.map(({ name, type, nullable, range }) => ({ name, type, nullable, range }))));
}

/** Whether a record gives an alias to an update. */
export function isAlias(record: RecordEnvelope): record is AliasRecord {
  return record.type === 'alias';
}

/** Whether a record pins an update. */
export function isPin(record: RecordEnvelope): record is PinRecord {
  return record.type === 'pin';
}

/** Whether a record lets updates expire. */
export function isExpire(record: RecordEnvelope): record is ExpireRecord {
  return record.type === 'expire';
}

/** Whether a record says that data were deleted. */
export function isPurge(record: RecordEnvelope): record is PurgeRecord {
  return record.type === 'purge';
}

/** Whether a record commits an update. */
export function isUpdate(record: RecordEnvelope): record is UpdateRecord {
  return record.type === 'update';
}
