import type { FeedContract } from './contract.js';
import { FeedsError } from './errors.js';
import { contractVersion, parseVersion } from './feed-path.js';
import { append, committedBy, laterThan } from './log/append.js';
import type { Appending } from './log/append.js';
import { openLog } from './log/log.js';
import { isUpdate, schemaFingerprint } from './log/record.js';
import type { DataFile, Parent, Producer, RecordEnvelope, Source, UpdateRecord } from './log/record.js';
import type { BlobStore } from './store/blob-store.js';
import { readFiles, writeFiles } from './update-files.js';

/** What a put says besides the value. */
export interface PutOptions {
  /** The updates the value was made from; `parentOf(record)` makes one. */
  readonly parents?: readonly Parent[];
  readonly producer: Producer;
  /** A put of the same producer id and run id commits once: the second gives back the first one's record. */
  readonly runId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The raw files the value was made from. */
  readonly sources?: readonly Source[];
  /** What the producer found when it judged the value. */
  readonly checks?: Readonly<Record<string, string | number | boolean>>;
}

/** One committed update. Its record is resolved; `read` opens the files the record names, and no others. */
export interface Update<T> {
  readonly record: UpdateRecord;
  readonly seq: number;
  /** Throws FEEDS_DATA_CORRUPT where a file is not what the record says. */
  read(): Promise<T>;
}

/** The history of one feed's updates. */
export interface Feed<T> {
  readonly contract: FeedContract<T>;
  /**
   * Adds an update. When it resolves, the update is durable and everyone's latest; when it throws, there is no update.
   * Throws FEEDS_VALUE_INVALID where the value breaks the contract, naming the first row and column.
   */
  put(value: T, options: PutOptions): Promise<UpdateRecord>;
  /** The newest update. Throws FEEDS_EMPTY where there is none. */
  latest(): Promise<Update<T>>;
  /** The update of a seq. Throws FEEDS_NO_SUCH_UPDATE where there is none. */
  at(seq: number): Promise<Update<T>>;
  /** The update that was latest at a time. Throws FEEDS_EMPTY, or FEEDS_NO_SUCH_UPDATE where all are later. */
  asOf(date: Date): Promise<Update<T>>;
  /** The newest update's record, or undefined where there is none. */
  head(): Promise<UpdateRecord | undefined>;
  /** Records of updates, newest first, the chain of hashes checked on the way. */
  history(): AsyncIterable<UpdateRecord>;
}

/** Opens the feed of a contract in a store. `now` is the clock, in milliseconds since 1970. */
export function openFeed<T>(store: BlobStore, contract: FeedContract<T>, now: () => number): Feed<T> {
  const { path: feed, codec } = contract;
  const log = openLog(store, feed);
  const to: Appending = { store, log, feed, now };
  const verified = new Set<string>();

  const decode = async (files: readonly DataFile[]) => codec.decode(await readFiles(store, feed, files, verified));

  function updateOf(record: UpdateRecord): Update<T> {
    checkReadable(record, contract);
    return { record, seq: record.seq, read: () => decode(record.files) };
  }

  async function head(): Promise<UpdateRecord | undefined> {
    const entry = await log.head();
    return entry && newestUpdate(entry.record);
  }

  /** The update that was latest when `record` was the head. */
  async function newestUpdate(record: RecordEnvelope): Promise<UpdateRecord | undefined> {
    if (isUpdate(record)) return record;
    const entry = record.refs.latest > 0 ? await log.at(record.refs.latest) : undefined;
    return entry && isUpdate(entry.record) ? entry.record : undefined;
  }

  async function existing(): Promise<RecordEnvelope> {
    const entry = await log.head();
    if (entry && entry.record.refs.latest > 0) return entry.record;
    throw new FeedsError('FEEDS_EMPTY', `The feed ${feed} in ${store.root} has no update yet; run its producer first.`);
  }

  function noSuch(what: string): FeedsError {
    return new FeedsError('FEEDS_NO_SUCH_UPDATE', `The feed ${feed} in ${store.root} has no update ${what}.`);
  }

  return {
    contract,
    head,
    put: async (value, options) => {
      const run = options.runId === undefined ? undefined : { producerId: options.producer.id, runId: options.runId };
      const before = await log.head();
      const committed = run && (await committedBy(to, run, before));
      if (committed && isUpdate(committed)) return committed;
      const encoded = await codec.encode(value);
      const folder = compact(laterThan(before?.record, now()));
      const files = await writeFiles(store, feed, folder, encoded);
      await decode(files);
      const manifest = manifestOf(contract, files, options);
      const record = await append<UpdateRecord>(
        to,
        (previous, seq) => ({ ...manifest, refs: { ...previous?.refs, latest: seq } }),
        run,
      );
      if (!isUpdate(record)) throw noSuch('of this run');
      return record;
    },
    latest: async () => {
      const record = await newestUpdate(await existing());
      if (!record) throw noSuch('that its newest record names');
      return updateOf(record);
    },
    at: async (seq) => {
      const entry = Number.isSafeInteger(seq) && seq > 0 ? await log.at(seq) : undefined;
      if (!entry) throw noSuch(`${seq}; its newest record is ${(await log.head())?.record.seq ?? 0}`);
      if (!isUpdate(entry.record)) throw noSuch(`${seq}: that record is of type ${entry.record.type}`);
      return updateOf(entry.record);
    },
    asOf: async (date) => {
      const newest = await existing();
      let from = 0;
      let to = newest.seq + 1;
      // Timestamps rise with the seq: halve down to the last record that is not later.
      while (to - from > 1) {
        const middle = from + Math.floor((to - from) / 2);
        const entry = await log.at(middle);
        if (entry && Date.parse(entry.record.timestamp) <= date.getTime()) from = middle;
        else to = middle;
      }
      const entry = from > 0 ? await log.at(from) : undefined;
      const record = entry && (await newestUpdate(entry.record));
      if (!record) throw noSuch(`at ${date.toISOString()} or before`);
      return updateOf(record);
    },
    history: async function* () {
      const entry = await log.head();
      for await (const { record } of log.back(entry?.record.seq ?? 0)) if (isUpdate(record)) yield record;
    },
  };
}

function manifestOf(contract: FeedContract<unknown>, files: readonly DataFile[], options: PutOptions) {
  const { producer, runId, parents = [], sources = [], labels = {}, checks = {} } = options;
  return {
    type: 'update' as const,
    version: contractVersion(contract),
    codec: contract.codec.format,
    schema: { fields: contract.schema, fingerprint: schemaFingerprint(contract.schema) },
    files,
    totals: {
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      rows: files.reduce((sum, file) => sum + file.rows, 0),
    },
    parents,
    sources,
    producer,
    ...(runId !== undefined && { runId }),
    checks,
    labels,
  };
}

function checkReadable(record: UpdateRecord, contract: FeedContract<unknown>): void {
  const wanted = contractVersion(contract);
  const where = `Update ${record.seq} of ${record.feed}`;
  if (parseVersion(record.version).major !== parseVersion(wanted).major) {
    const problem = `${where} was written under version ${record.version} of its contract`;
    throw new FeedsError(
      'FEEDS_VERSION_UNKNOWN',
      `${problem}; this reader knows ${wanted}. Read it with a release that knows both.`,
    );
  }
  if (record.codec !== contract.codec.format) {
    const problem = `${where} was written by the codec ${record.codec}`;
    throw new FeedsError('FEEDS_VERSION_UNKNOWN', `${problem}; this reader's contract has ${contract.codec.format}.`);
  }
}

/** `20261122T220311123Z` */
function compact(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:.]/g, '');
}
