import { canonicalJson } from '../canonical.js';
import { FeedsError } from '../errors.js';
import { RECORD_FORMAT } from './record.js';
import type { RecordEnvelope } from './record.js';

/**
 * A record from its bytes, checked in this order: JSON, format, canonical form, envelope, content. `where` is its path, for messages.
 *
 * @throws FeedsError FEEDS_RECORD_CORRUPT or FEEDS_FORMAT_UNKNOWN, with the first thing that is wrong
 */
export function parseRecord(bytes: Uint8Array, feed: string, seq: number, where: string): RecordEnvelope {
  const text = parseText(bytes, where);
  const value = parseObject(text, where);
  if (value['format'] !== RECORD_FORMAT) {
    const format = JSON.stringify(value['format'] ?? null);
    const fix = `this release reads format ${RECORD_FORMAT}; use a newer one`;
    throw new FeedsError('FEEDS_FORMAT_UNKNOWN', `${where} has the format ${format}; ${fix}.`);
  }
  if (canonicalJson(value) !== text) throw corrupt(where, 'it is not in the canonical form of RFC 8785');
  const shape = { ...envelope(feed, seq), ...CONTENT[String(value['type'])] };
  for (const [name, [holds, wanted]] of Object.entries(shape)) {
    if (!holds(value[name])) throw corrupt(where, `${name} is ${show(value[name])}, not ${wanted}`);
  }
  return value as RecordEnvelope & JsonObject;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What a property must be: the test, and the same in words. */
type Rule = readonly [holds: (value: unknown) => boolean, wanted: string];

function envelope(feed: string, seq: number): Record<string, Rule> {
  return {
    feed: [(value) => value === feed, `${feed}, the feed of this log`],
    seq: [(value) => value === seq, `${seq}, as its file name says`],
    type: TEXT,
    commitId: TEXT,
    prev: seq === 1 ? [(value) => value === '', 'empty, as in a first record'] : HASH,
    timestamp: [isTimestamp, 'a time in UTC with milliseconds'],
    refs: [
      (value) => isObject(value) && isRefTo(value['latest'], seq) && everyRef(value, seq),
      'names for records up to it',
    ],
  };
}

const TEXT: Rule = [(value) => typeof value === 'string' && value !== '', 'a text'];
const HASH: Rule = [isHash, 'a SHA-256 in hex'];
const OBJECT: Rule = [isObject, 'an object'];

const PRODUCER: Rule = [(value) => isObject(value) && typeof value['id'] === 'string', 'a producer'];

const SEQ: Rule = [(value) => isCount(value) && value !== 0, 'a seq'];
const COUNT: Rule = [isCount, 'a count'];
const SEQS: Rule = [(value) => Array.isArray(value) && value.every(isCount), 'a list of seqs'];

const UPDATE: Record<string, Rule> = {
  version: [(value) => typeof value === 'string' && /^\d+\.\d+$/.test(value), 'a version such as 1.0'],
  codec: TEXT,
  schema: [(value) => isObject(value) && Array.isArray(value['fields']) && isHash(value['fingerprint']), 'a schema'],
  files: [(value) => Array.isArray(value) && value.every(isDataFile), 'a list of data files'],
  totals: OBJECT,
  parents: [(value) => Array.isArray(value) && value.every(isParent), 'a list of updates'],
  sources: [Array.isArray, 'a list of files'],
  producer: PRODUCER,
  runId: [(value) => value === undefined || (typeof value === 'string' && value !== ''), 'a text, or absent'],
  checks: OBJECT,
  labels: OBJECT,
};

const ALIAS: Record<string, Rule> = {
  alias: TEXT,
  target: SEQ,
  producer: PRODUCER,
};

const PIN: Record<string, Rule> = {
  pin: TEXT,
  target: SEQ,
  until: [isTimestamp, 'a time in UTC with milliseconds'],
  producer: PRODUCER,
};

const EXPIRE: Record<string, Rule> = {
  updates: SEQS,
  expired: [(value) => Array.isArray(value) && value.every(isSeqRange), 'a list of ranges'],
  graceMs: COUNT,
  producer: PRODUCER,
};

const PURGE: Record<string, Rule> = { expire: SEQ, updates: SEQS, totals: OBJECT, producer: PRODUCER };

/** What a record of a type this release knows has besides its envelope. */
const CONTENT: Partial<Record<string, Record<string, Rule>>> = {
  update: UPDATE,
  alias: ALIAS,
  pin: PIN,
  expire: EXPIRE,
  purge: PURGE,
};

function parseText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw corrupt(where, 'it is not in UTF-8', cause);
  }
}

function parseObject(text: string, where: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw corrupt(where, `it is not JSON (${String(cause)})`, cause);
  }
  throw corrupt(where, 'it is not a JSON object');
}

/** The error for a record that is damaged. */
export function corrupt(where: string, problem: string, cause?: unknown): FeedsError {
  return new FeedsError('FEEDS_RECORD_CORRUPT', `${where}: ${problem}. Restore it from a copy of the log.`, { cause });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTimestamp(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;
}

function isRefTo(value: unknown, newest: number): boolean {
  return isCount(value) && Number(value) <= newest;
}

function everyRef(refs: JsonObject, newest: number): boolean {
  return Object.values(refs).every((ref) => isRefTo(ref, newest));
}

/** A path may not lead out of the feed's folder, since a reader will open it. */
function isDataFile(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { path, bytes, rows, sha256, addedIn } = value;
  return (
    typeof path === 'string' &&
    /^\d{8}T\d{9}Z\/[^/\\.][^/\\]*$/.test(path) &&
    isCount(bytes) &&
    isCount(rows) &&
    isHash(sha256) &&
    (addedIn === undefined || (isCount(addedIn) && addedIn !== 0))
  );
}

function isSeqRange(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isCount) && value[0] <= value[1];
}

function isParent(value: unknown): boolean {
  return isObject(value) && typeof value['feed'] === 'string' && isCount(value['seq']) && isHash(value['sha256']);
}

function show(value: unknown): string {
  const shown = value === undefined ? 'missing' : JSON.stringify(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
