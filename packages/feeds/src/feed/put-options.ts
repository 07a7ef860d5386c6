import { canonicalJson } from '../canonical.js';
import { FeedsError } from '../errors.js';
import type { Parent, Producer, Source } from '../log/record.js';

/** What a put needs besides the value; all of it but `signal`, `guard` and `after` is written into the record. */
export interface PutOptions {
  /** The updates the value was made from; `parentOf(record)` makes one. */
  readonly parents?: readonly Parent[];
  readonly producer: Producer;
  /** Puts of the same producer id and run id commit once: the second returns the record of the first. */
  readonly runId?: string;
  /**
   * The seq of the newest update that the value takes into account; 0: none. If there is a newer one at the commit, nothing is committed and the put throws
   * FEEDS_OVERTAKEN: read what is new, and put again. Not written into the record.
   */
  readonly after?: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** The raw files the value was made from. */
  readonly sources?: readonly Source[];
  /** What the producer found when it checked the value. */
  readonly checks?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Called right before each attempt at the commit, when the data are written: if it throws, nothing is committed and the put throws the same. For what must
   * still be so at the commit. Not written into the record.
   */
  readonly guard?: () => Promise<void>;
  /** If it aborts before the commit, nothing is committed and the put throws its reason: for values that take long to write. */
  readonly signal?: AbortSignal;
}

/** Throws FEEDS_OPTIONS_INVALID with the first option that cannot be written into a record. */
export function checkPutOptions(options: PutOptions): void {
  const problem = problemOf(options);
  if (problem !== undefined) throw new FeedsError('FEEDS_OPTIONS_INVALID', `${problem}.`);
}

function problemOf(options: PutOptions): string | undefined {
  const { producer, runId, after, parents = [], sources = [], labels = {}, checks = {} } = options;
  for (const name of ['id', 'package', 'version'] as const) {
    if (!isText(producer[name])) return `producer.${name} is ${show(producer[name])}; name the program that puts`;
  }
  if (runId !== undefined && !isText(runId)) return `runId is ${show(runId)}; give a text, or none`;
  if (after !== undefined && !isCount(after)) return `after is ${show(after)}; give the seq of an update, or 0`;
  for (const parent of parents) {
    if (!isText(parent.feed) || !isCount(parent.seq) || !isHash(parent.sha256)) {
      return `parents holds ${show(parent)}; make each with parentOf(record)`;
    }
  }
  for (const source of sources) {
    if (!isText(source.path) || !isCount(source.bytes) || !isHash(source.sha256)) {
      return `sources holds ${show(source)}; give path, bytes and SHA-256 in hex`;
    }
  }
  const label = Object.entries(labels).find(([, value]) => typeof value !== 'string');
  if (label) return `labels.${label[0]} is ${show(label[1])}, not a text`;
  const check = Object.entries(checks).find(([, value]) => !isCheck(value));
  if (check) return `checks.${check[0]} is ${show(check[1])}, not a text, a finite number or a flag`;
  return jsonProblem(options);
}

function jsonProblem(options: PutOptions): string | undefined {
  try {
    canonicalJson(
      Object.fromEntries(Object.entries(options).filter(([name]) => !['signal', 'guard', 'after'].includes(name))),
    );
    return undefined;
  } catch (cause) {
    return `The options cannot be written into a record: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isCheck(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
