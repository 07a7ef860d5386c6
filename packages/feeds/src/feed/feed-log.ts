import { expireUpdates } from '../expiry/expire.js';
import type { ExpireOptions, Expiry } from '../expiry/expire.js';
import type { ExpireRule } from '../expiry/plan.js';
import { purgeUpdates } from '../expiry/purge.js';
import type { Purge, PurgeOptions } from '../expiry/purge.js';
import type { Clock, LogEnd } from '../log/append.js';
import { isUpdate } from '../log/record.js';
import type { PinRecord, RecordEnvelope, UpdateRecord } from '../log/record.js';
import type { Updates } from '../log/updates.js';
import { repairFeed, verifyFeed } from '../verify/verify.js';
import type { Repair, RepairOptions, Verification } from '../verify/verify.js';
import { putAlias, putPin, seqBefore } from './names.js';
import type { AliasOptions, PinOptions } from './names.js';
import { watchUpdates } from './watch.js';
import type { WatchOptions } from './watch.js';

/** The log of one feed: all that can be seen and done without a contract, whoever wrote the updates. */
export interface FeedLog {
  /** `etl/visits/v1.0` */
  readonly path: string;
  /** The newest update's record, or undefined where there is none. */
  head(): Promise<UpdateRecord | undefined>;
  /** The record of the update of a seq, or of the one that an alias names. Throws FEEDS_NO_SUCH_UPDATE where there is none. */
  record(which: number | string): Promise<UpdateRecord>;
  /** Records of updates, newest first, the chain of hashes checked on the way. */
  history(): AsyncIterable<UpdateRecord>;
  /** Records of the updates after a seq (0: all), oldest first: what a consumer that stopped there has missed. */
  since(seq: number): AsyncIterable<UpdateRecord>;
  /** The same, and then those to come, as they are committed; by default only those to come. */
  watch(options?: WatchOptions): AsyncIterable<UpdateRecord>;
  /** Records of every type, newest first: the history with who named what, and why. */
  records(): AsyncIterable<RecordEnvelope>;
  /** What the names of the feed stand for, `latest` among them; empty where the feed is. */
  refs(): Promise<Readonly<Record<string, number>>>;
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
   * Lets updates expire by a rule; only says which, unless `dryRun` is false. What is latest, named, what a name goes back to, pinned, a
   * parent of a living update of another feed of the store, or a sibling of one that is held there stays. Data stay until `purge`.
   */
  expire(rule: ExpireRule, options: ExpireOptions): Promise<Expiry>;
  /**
   * Deletes the data of updates that expired longer than their grace ago; only says which, unless `dryRun` is false. What another feed has come
   * to need since is spared.
   */
  purge(options: PurgeOptions): Promise<Purge>;
  /** Reads the whole feed and says what is wrong where; it writes nothing. */
  verify(): Promise<Verification>;
  /** Puts right what a writer that died may leave; while anything is broken it touches nothing. */
  repair(options?: RepairOptions): Promise<Repair>;
}

/** What a log needs of the store it lies in. */
export interface LogPlace {
  readonly clock: Clock;
  /** Paths of all feeds of the store. */
  readonly feeds: () => Promise<readonly string[]>;
  /** Asked before the first write: throws where the store cannot hold a commit log. */
  readonly fit: () => Promise<void>;
}

/** The log that ends at `end`. Nothing is read or written before the first call. */
export function openFeedLog(end: LogEnd, updates: Updates, { feeds, fit }: LogPlace): FeedLog {
  const { store, feed, log } = end;

  /** What writes, once the store is known to be fit. */
  function writing<A extends readonly unknown[], R>(write: (...given: A) => Promise<R>): (...given: A) => Promise<R> {
    return async (...given) => {
      await fit();
      return write(...given);
    };
  }

  return {
    path: feed,
    head: updates.head,
    record: updates.at,
    refs: updates.refs,
    records: updates.records,
    history: async function* () {
      for await (const record of updates.records()) if (isUpdate(record)) yield record;
    },
    since: async function* (seq) {
      for await (const { record } of log.forth(seq + 1)) if (isUpdate(record)) yield record;
    },
    watch: (options) => watchUpdates(store, feed, log, options),
    alias: writing((alias, seq, options) => putAlias(end, alias, seq, options)),
    rollback: writing(async (alias, options) => putAlias(end, alias, await seqBefore(end, alias), options)),
    pin: writing((name, seq, options) => putPin(end, name, seq, options)),
    expire: (rule, options) =>
      options.dryRun === false
        ? writing(expireUpdates)(end, feeds, rule, options)
        : expireUpdates(end, feeds, rule, options),
    purge: (options) => purgeUpdates(end, feeds, options),
    verify: () => verifyFeed(store, feed),
    repair: (options) => repairFeed(store, feed, options),
  };
}
