import { putAlias, seqBefore } from './alias.js';
import type { AliasOptions } from './alias.js';
import type { Clock } from './clock.js';
import type { FeedContract } from './contract.js';
import type { FeedsError } from './errors.js';
import { expireUpdates } from './expiry/expire.js';
import type { ExpireOptions, Expiry } from './expiry/expire.js';
import { expiredAt, isIn } from './expiry/expired.js';
import { gone } from './expiry/living-update.js';
import { putPin } from './expiry/pin.js';
import type { PinOptions } from './expiry/pin.js';
import type { ExpireRule } from './expiry/plan.js';
import { purgeUpdates } from './expiry/purge.js';
import type { Purge, PurgeOptions } from './expiry/purge.js';
import { checkReadable } from './feed-path.js';
import type { LogEnd } from './log/append.js';
import { openLog } from './log/log.js';
import { isUpdate } from './log/record.js';
import type { PinRecord, RecordEnvelope, UpdateRecord } from './log/record.js';
import { openUpdates } from './log/updates.js';
import { putUpdate } from './put.js';
import type { PutOptions } from './put-options.js';
import type { BlobStore } from './store/blob-store.js';
import { updateFiles } from './update-files.js';
import { repairFeed } from './verify/repair.js';
import type { Repair, RepairOptions } from './verify/repair.js';
import { verifyFeed } from './verify/verification.js';
import type { Verification } from './verify/verification.js';

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
   * Adds an update. When it resolves, the update is durable and everyone's latest. Throws FEEDS_VALUE_INVALID where the value
   * breaks the contract, naming the first row and column. A put that throws has committed nothing, unless the store failed
   * at the commit itself and will not say; with a `runId` it is safe to put again.
   */
  put(value: T, options: PutOptions): Promise<UpdateRecord>;
  /** The newest update. Throws FEEDS_EMPTY where there is none. */
  latest(): Promise<Update<T>>;
  /** The update of a seq, or the one that an alias names. Throws FEEDS_NO_SUCH_UPDATE where there is none. */
  at(which: number | string): Promise<Update<T>>;
  /** The update that was latest at a time. Throws FEEDS_EMPTY, or FEEDS_NO_SUCH_UPDATE where all are later. */
  asOf(date: Date): Promise<Update<T>>;
  /** The newest update's record, or undefined where there is none. */
  head(): Promise<UpdateRecord | undefined>;
  /** Records of updates, newest first, the chain of hashes checked on the way. */
  history(): AsyncIterable<UpdateRecord>;
  /** Records of the updates after a seq (0: all), oldest first: what a consumer that stopped there has missed. */
  since(seq: number): AsyncIterable<UpdateRecord>;
  /**
   * Names an update, `champion` say, or moves the name; latest stays what it is. Throws FEEDS_NO_SUCH_UPDATE where there is no
   * such update.
   */
  alias(alias: string, seq: number, options: AliasOptions): Promise<RecordEnvelope>;
  /** Moves an alias back to where it was before it was moved last: one more record, so a second rollback undoes the first. */
  rollback(alias: string, options: AliasOptions): Promise<RecordEnvelope>;
  /**
   * Keeps an update from expiring until a lease ends; a later pin of the same name renews, moves or (`leaseMs: 0`) releases it.
   * Throws FEEDS_EXPIRED where it is too late.
   */
  pin(name: string, seq: number, options: PinOptions): Promise<PinRecord>;
  /**
   * Lets updates expire by a rule; only says which, unless `dryRun` is false. What is latest, named, pinned, or a parent of a
   * living update of another feed of the store stays. Data stay until `purge`.
   */
  expire(rule: ExpireRule, options: ExpireOptions): Promise<Expiry>;
  /** Deletes the data of updates that expired longer than their grace ago; only says which, unless `dryRun` is false. */
  purge(options: PurgeOptions): Promise<Purge>;
  /** What the names of the feed stand for, `latest` among them; empty where the feed is. */
  refs(): Promise<Readonly<Record<string, number>>>;
  /** Records of every type, newest first: the history with who named what, and why. */
  records(): AsyncIterable<RecordEnvelope>;
  /** Reads the whole feed and says what is wrong where; it writes nothing. */
  verify(): Promise<Verification>;
  /** Puts right what a writer that died may leave; while anything is broken it touches nothing. */
  repair(options?: RepairOptions): Promise<Repair>;
}

/** Where a feed lives. */
export interface Place {
  readonly store: BlobStore;
  readonly clock: Clock;
  /** Paths of data files whose hash this process has seen to fit. */
  readonly verified: Set<string>;
  /** Paths of all feeds of the store. */
  readonly feeds: () => Promise<readonly string[]>;
  /** Asked before the first write: throws where the store cannot hold a commit log. */
  readonly fit: () => Promise<void>;
}

/** The feed of a contract in a place. Nothing is read or written before the first call. */
export function openFeed<T>({ store, clock, verified, feeds, fit }: Place, contract: FeedContract<T>): Feed<T> {
  const feed = contract.path;
  const log = openLog(store, feed);
  const updates = openUpdates(log, feed, store.root);
  const end: LogEnd = { store, feed, log, clock };
  const files = updateFiles(store, feed, verified);

  function updateOf(record: UpdateRecord): Update<T> {
    checkReadable(record, contract);
    const { seq } = record;
    /** Data that are not there may be so on purpose. */
    const explain = async (found: FeedsError) => {
      const expired = await expiredAt(log, (await log.head())?.record);
      return isIn(expired, seq) ? gone(feed, seq, 'its data are no longer there', found) : found;
    };
    return { record, seq, read: () => contract.codec.decode(files.open(record.files, explain)) };
  }

  return {
    contract,
    head: updates.head,
    refs: updates.refs,
    records: updates.records,
    latest: async () => updateOf(await updates.latest()),
    at: async (which) => updateOf(await updates.at(which)),
    asOf: async (date) => updateOf(await updates.asOf(date)),
    history: async function* () {
      for await (const record of updates.records()) if (isUpdate(record)) yield record;
    },
    since: async function* (seq) {
      for await (const { record } of log.forth(seq + 1)) if (isUpdate(record)) yield record;
    },
    put: async (value, options) => {
      await fit();
      return putUpdate(end, files, contract, value, options);
    },
    alias: async (alias, seq, options) => {
      await fit();
      return putAlias(end, alias, seq, options);
    },
    rollback: async (alias, options) => {
      await fit();
      return putAlias(end, alias, await seqBefore(end, alias), options);
    },
    pin: async (name, seq, options) => {
      await fit();
      return putPin(end, name, seq, options);
    },
    expire: async (rule, options) => {
      if (options.dryRun === false) await fit();
      return expireUpdates(end, feeds, rule, options);
    },
    purge: (options) => purgeUpdates(end, options),
    verify: () => verifyFeed(store, feed),
    repair: (options) => repairFeed(store, feed, options),
  };
}
