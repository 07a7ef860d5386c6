import { expireUpdates } from '../expiry/expire.js';
import type { ExpireOptions, Expiry } from '../expiry/expire.js';
import { expiredAt, isIn } from '../expiry/living.js';
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

/** The log of one feed: all that can be seen and done without its contract. */
export interface FeedLog {
  /** `weather/readings/v1.0` */
  readonly path: string;
  /** The newest update's record, or undefined if there is none. */
  head(): Promise<UpdateRecord | undefined>;
  /** The record of the update of a seq, or of the one that an alias names. Throws FEEDS_NO_SUCH_UPDATE if there is none. */
  record(which: number | string): Promise<UpdateRecord>;
  /** Whether the update of a seq has expired: its data may be deleted at any moment. */
  hasExpired(seq: number): Promise<boolean>;
  /** Records of updates, newest first; the chain of hashes is checked on the way. */
  history(): AsyncIterable<UpdateRecord>;
  /** Records of the updates after a seq (0: all), oldest first: what a consumer that stopped at that seq has missed. */
  since(seq: number): AsyncIterable<UpdateRecord>;
  /** Records of updates as they are committed; with `after`, first those committed since then. */
  watch(options?: WatchOptions): AsyncIterable<UpdateRecord>;
  /** Records of every type, newest first: the history, with who named what and why. */
  records(): AsyncIterable<RecordEnvelope>;
  /** The seq that each name stands for, `latest` included; empty if the feed is empty. */
  refs(): Promise<Readonly<Record<string, number>>>;
  /**
   * Gives an alias (`champion`) to an update, or moves the alias; `latest` does not change. Throws FEEDS_NO_SUCH_UPDATE if there is no such
   * update.
   */
  alias(alias: string, seq: number, options: AliasOptions): Promise<RecordEnvelope>;
  /** Moves an alias back to the update it named before. This adds a record, so a second rollback undoes the first. */
  rollback(alias: string, options: AliasOptions): Promise<RecordEnvelope>;
  /**
   * Keeps an update from expiring until a lease ends; a later pin of the same name renews, moves or (`leaseMs: 0`) releases it.
   * Throws FEEDS_EXPIRED if the update has expired already.
   */
  pin(name: string, seq: number, options: PinOptions): Promise<PinRecord>;
  /**
   * Lets updates expire by a rule; only says which, unless `dryRun` is false. An update stays if it is latest, has an alias, is what a
   * rollback goes to, is pinned, is a parent of a living update of another feed of the store, or is a sibling of one that is held there.
   * Data stay until `purge`.
   */
  expire(rule: ExpireRule, options: ExpireOptions): Promise<Expiry>;
  /**
   * Deletes the data of expired updates whose grace period is over; only says which, unless `dryRun` is false. An update that another feed
   * needs by now is spared.
   */
  purge(options: PurgeOptions): Promise<Purge>;
  /** Reads the whole feed and says what is wrong where; it writes nothing. */
  verify(): Promise<Verification>;
  /** Cleans up what a writer that died may leave; changes nothing while anything is broken. */
  repair(options?: RepairOptions): Promise<Repair>;
}

/** What a log needs of its store. */
export interface LogPlace {
  readonly clock: Clock;
  /** Paths of all feeds of the store. */
  readonly feeds: () => Promise<readonly string[]>;
  /** Called before a write: throws if the store cannot hold a commit log. */
  readonly fit: () => Promise<void>;
}

/** The log that ends at `end`. Nothing is read or written before the first call. */
export function openFeedLog(end: LogEnd, updates: Updates, { feeds, fit }: LogPlace): FeedLog {
  const { store, feed, log } = end;

  /** A function that writes, called only after the store is known to be fit. */
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
    hasExpired: async (seq) => isIn(await expiredAt(log, (await log.head())?.record), seq),
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
