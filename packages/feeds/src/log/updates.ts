import { FeedsError } from '../errors.js';
import type { Log } from './log.js';
import { isUpdate } from './record.js';
import type { Parent, RecordEnvelope, UpdateRecord } from './record.js';

/** The updates among the records of a log. Each is found in a constant number of reads; by time, in a logarithmic number. */
export interface Updates {
  /** The seq that each name stands for; empty if the feed is empty. */
  refs(): Promise<Readonly<Record<string, number>>>;
  /** The newest update's record, or undefined if there is none. */
  head(): Promise<UpdateRecord | undefined>;
  /** The same; throws FEEDS_EMPTY if there is none. */
  latest(): Promise<UpdateRecord>;
  /** The update of a seq, or the one that an alias names. Throws FEEDS_NO_SUCH_UPDATE. */
  at(which: number | string): Promise<UpdateRecord>;
  /** The update that was latest at a time. Throws FEEDS_NO_SUCH_UPDATE. */
  asOf(date: Date): Promise<UpdateRecord>;
  /** Records of every type, newest first. */
  records(): AsyncIterable<RecordEnvelope>;
}

/** The updates of a log; `feed` and `root` (of its store) are named in messages. */
export function openUpdates(log: Log, feed: string, root: string): Updates {
  async function refs(): Promise<Readonly<Record<string, number>>> {
    const named = Object.entries((await log.head())?.record.refs ?? {});
    return Object.fromEntries(named.filter(([name]) => name !== 'expired'));
  }

  /** The update that was latest when `record` was the head: itself, or the one its refs name. */
  async function latestAt(record: RecordEnvelope): Promise<UpdateRecord | undefined> {
    if (isUpdate(record)) return record;
    const entry = await log.at(record.refs.latest);
    return entry && isUpdate(entry.record) ? entry.record : undefined;
  }

  async function head(): Promise<UpdateRecord | undefined> {
    const entry = await log.head();
    return entry && latestAt(entry.record);
  }

  /** The error for an update that is not there: the feed is empty, or has no such update. */
  async function none(which: string, type?: string): Promise<FeedsError> {
    const known = Object.entries(await refs()).map(([name, seq]) => `${name} = ${seq}`);
    const where = `The feed ${feed} in ${root}`;
    if (known.length === 0) return new FeedsError('FEEDS_EMPTY', `${where} has no update yet; run its producer first.`);
    const found = type === undefined ? `it has ${known.join(', ')}` : `that record is of type ${type}`;
    return new FeedsError('FEEDS_NO_SUCH_UPDATE', `${where} has no update ${which}; ${found}.`);
  }

  return {
    refs,
    head,
    latest: async () => (await head()) ?? Promise.reject(await none('latest')),
    at: async (which) => {
      const seq = typeof which === 'number' ? which : (await refs())[which];
      const entry = seq === undefined ? undefined : await log.at(seq);
      if (entry && isUpdate(entry.record)) return entry.record;
      throw await none(String(which), entry?.record.type);
    },
    asOf: async (date) => {
      const entry = await log.asOf(date);
      const record = entry && (await latestAt(entry.record));
      if (record) return record;
      throw await none(Number.isNaN(date.getTime()) ? 'at an invalid date' : `at ${date.toISOString()} or before`);
    },
    records: async function* () {
      const entry = await log.head();
      for await (const { record } of log.back(entry?.record.seq ?? 0)) yield record;
    },
  };
}

/** What `siblingOf` needs of a feed. */
interface Siblings<U> {
  history(): AsyncIterable<UpdateRecord>;
  at(seq: number): Promise<U>;
}

/**
 * The update of another feed that was made from the same parents as `record`, such as the other results of one run; undefined if there is
 * none. Of several it is the newest that was there when `record` was committed, else the newest of all: it need not be the latest of its
 * feed. Reads one record for each update put since.
 */
export async function siblingOf<U>(feed: Siblings<U>, record: UpdateRecord): Promise<U | undefined> {
  const sibling = await siblingAmong(feed.history(), record);
  return sibling && feed.at(sibling.seq);
}

/** The same among records, newest first. An update without parents has no siblings. */
export async function siblingAmong(
  records: AsyncIterable<UpdateRecord> | Iterable<UpdateRecord>,
  { parents, timestamp }: UpdateRecord,
): Promise<UpdateRecord | undefined> {
  const key = keyOf(parents);
  let later: UpdateRecord | undefined;
  if (parents.length === 0) return undefined;
  for await (const other of records) {
    if (keyOf(other.parents) !== key) continue;
    if (other.timestamp <= timestamp) return other;
    later ??= other;
  }
  return later;
}

/** One key for the same parents in any order. */
function keyOf(parents: readonly Parent[]): string {
  return parents
    .map(({ feed, seq, sha256 }) => `${feed} ${seq} ${sha256}`)
    .sort()
    .join('\n');
}
