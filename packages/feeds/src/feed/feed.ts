import { streamed } from '../codec/parquet-batches.js';
import { checkReadable } from '../contract.js';
import type { FeedContract } from '../contract.js';
import type { FeedsError } from '../errors.js';
import { expiredAt, gone, isIn } from '../expiry/living.js';
import type { LogEnd } from '../log/append.js';
import { openLog } from '../log/log.js';
import type { UpdateRecord } from '../log/record.js';
import { openUpdates } from '../log/updates.js';
import type { BlobStore } from '../store/blob-store.js';
import { openFeedLog } from './feed-log.js';
import type { FeedLog, LogPlace } from './feed-log.js';
import type { PutOptions } from './put-options.js';
import { openUpdate } from './opened.js';
import type { OpenedUpdate } from './opened.js';
import { putUpdate } from './put.js';
import { updateFiles } from './update-files.js';

/** One committed update: its record, and `read`, which opens the files that the record names and no others. */
export interface Update<T> {
  readonly record: UpdateRecord;
  readonly seq: number;
  /** Throws FEEDS_DATA_CORRUPT if a file is not what the record says. */
  read(): Promise<T>;
}

/** The history of one feed's updates, and their values. */
export interface Feed<T> extends FeedLog {
  readonly contract: FeedContract<T>;
  /**
   * Adds an update. When it resolves, the update is durable and is the latest for every reader. Throws FEEDS_VALUE_INVALID if the value
   * breaks the contract, naming the first row and column. A put that throws has committed nothing, except if the store failed during the
   * commit and cannot tell (FEEDS_STORE_FAILED); with a `runId` it is safe to put again.
   */
  put(value: T, options: PutOptions): Promise<UpdateRecord>;
  /**
   * Opens an update whose Parquet files another program writes, so that no row passes through JavaScript: give it `folder`, and `token` for
   * the names of the files. Nothing is committed before {@link OpenedUpdate.commit}. Throws FEEDS_OPTIONS_INVALID if the feed is not Parquet.
   *
   * @param base an update of this feed whose files the new one may share, as far as they stay as they are
   */
  open(base?: UpdateRecord): Promise<OpenedUpdate>;
  /** The newest update. Throws FEEDS_EMPTY if there is none. */
  latest(): Promise<Update<T>>;
  /** The update of a seq, or the one that an alias names. Throws FEEDS_NO_SUCH_UPDATE if there is none. */
  at(which: number | string): Promise<Update<T>>;
  /** The update that was latest at a time. Throws FEEDS_EMPTY, or FEEDS_NO_SUCH_UPDATE if all are later. */
  asOf(date: Date): Promise<Update<T>>;
}

/** Where a feed lives. */
export interface Place extends LogPlace {
  readonly store: BlobStore;
  /** Paths of data files whose hash this process has checked. */
  readonly verified: Set<string>;
}

/** The log of a feed in a place, without a contract. Nothing is read or written before the first call. */
export function openLogOf(place: Place, path: string): FeedLog {
  const { store, clock } = place;
  const log = openLog(store, path);
  return openFeedLog({ store, feed: path, log, clock }, openUpdates(log, path, store.root), place);
}

/** The feed of a contract in a place. Nothing is read or written before the first call. */
export function openFeed<T>(place: Place, contract: FeedContract<T>): Feed<T> {
  const { store, clock, verified, fit } = place;
  const feed = contract.path;
  const log = openLog(store, feed);
  const updates = openUpdates(log, feed, store.root);
  const end: LogEnd = { store, feed, log, clock };
  const files = updateFiles(store, feed, verified);

  function updateOf(record: UpdateRecord): Update<T> {
    checkReadable(record, contract);
    const { seq } = record;
    /** Data that are missing may have been deleted on purpose. */
    const explain = async (found: FeedsError) => {
      const expired = await expiredAt(log, (await log.head())?.record);
      return isIn(expired, seq) ? gone(feed, seq, 'its data are no longer there', found) : found;
    };
    return { record, seq, read: () => contract.codec.decode(files.open(record.files, explain)) };
  }

  return {
    ...openFeedLog(end, updates, place),
    contract,
    latest: async () => updateOf(await updates.latest()),
    at: async (which) => updateOf(await updates.at(which)),
    asOf: async (date) => updateOf(await updates.asOf(date)),
    put: async (value, options) => {
      await fit();
      return putUpdate(end, files, contract, value, options);
    },
    open: async (base) => {
      const parts = streamed(contract);
      await fit();
      return openUpdate(end, files, parts, base);
    },
  };
}
