import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import { logPaths } from '../log/head.js';
import { isExpire, isPurge, isUpdate } from '../log/record.js';
import type { ExpireRecord, Producer, PurgeRecord, UpdateRecord } from '../log/record.js';
import { checkPutOptions } from '../put-options.js';
import { storeNow } from '../store/store-clock.js';

/** Who deletes, and whether in earnest. */
export interface PurgeOptions {
  readonly producer: Producer;
  /** Only says what would happen: true unless it is set to false. */
  readonly dryRun?: boolean;
}

/** What a purge has deleted, or would. */
export interface Purge {
  readonly purged: readonly number[];
  /** Updates that have expired, but whose readers still have time. */
  readonly waiting: readonly number[];
  readonly files: number;
  readonly bytes: number;
  /** The records written, one for each expire record carried out; none in a dry run. */
  readonly records: readonly PurgeRecord[];
}

/**
 * Deletes the data of updates whose expiry was recorded longer than its grace ago, by the store's clock, and says so by a record.
 * It deletes first: whoever is killed between begins again, and deleting twice is deleting once.
 */
export async function purgeUpdates(end: LogEnd, { producer, dryRun = true }: PurgeOptions): Promise<Purge> {
  checkPutOptions({ producer });
  const { due, waiting } = await unpurged(end);
  const records: PurgeRecord[] = [];
  const totals = { files: 0, bytes: 0 };
  for (const expire of due) {
    const updates = await updatesOf(end, expire);
    const files = updates.flatMap((update) => update.files);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    totals.files += files.length;
    totals.bytes += bytes;
    if (dryRun) continue;
    for (const { path } of files) await end.store.remove(`${end.feed}/${path}`);
    records.push(await recordPurge(end, expire, { files: files.length, bytes }, producer));
  }
  const seqs = (expires: readonly ExpireRecord[]) => expires.flatMap(({ updates }) => updates);
  return { purged: seqs(due), waiting: seqs(waiting), ...totals, records };
}

/** Expire records that no purge has carried out, oldest first, by whether their grace is over. */
async function unpurged({ store, feed, log }: LogEnd): Promise<{ due: ExpireRecord[]; waiting: ExpireRecord[] }> {
  const head = await log.head();
  const purged = new Set<number>();
  const open: ExpireRecord[] = [];
  if (head?.record.refs['expired'] !== undefined) {
    for await (const { record } of log.back(head.record.seq)) {
      if (isPurge(record)) purged.add(record.expire);
      if (isExpire(record) && !purged.has(record.seq)) open.unshift(record);
    }
  }
  const due: ExpireRecord[] = [];
  const waiting: ExpireRecord[] = [];
  const now = open.length > 0 ? await storeNow(store, logPaths(feed).folder) : 0;
  for (const record of open) {
    const written = await store.stat(logPaths(feed).record(record.seq));
    const over = written !== undefined && now - written.modifiedMs >= record.graceMs;
    (over ? due : waiting).push(record);
  }
  return { due, waiting };
}

async function updatesOf({ log }: LogEnd, { updates }: ExpireRecord): Promise<UpdateRecord[]> {
  const entries = await Promise.all(updates.map((seq) => log.read(seq)));
  return entries.flatMap((entry) => (entry && isUpdate(entry.record) ? [entry.record] : []));
}

async function recordPurge(
  end: LogEnd,
  expire: ExpireRecord,
  totals: PurgeRecord['totals'],
  producer: Producer,
): Promise<PurgeRecord> {
  return append<PurgeRecord>(end, {
    settled: async () => undefined,
    draft: (_seq, previous): Draft<PurgeRecord> => ({
      type: 'purge',
      expire: expire.seq,
      updates: expire.updates,
      totals,
      producer,
      refs: { latest: 0, ...previous?.refs },
    }),
  });
}
