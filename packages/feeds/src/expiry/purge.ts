import { checkPutOptions } from '../feed/put-options.js';
import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import { logPaths } from '../log/log.js';
import { isExpire, isPurge, isUpdate } from '../log/record.js';
import type { ExpireRecord, Producer, PurgeRecord, UpdateRecord } from '../log/record.js';
import { storeNow } from '../store/blob-store.js';
import { livingAt } from './living.js';
import { neededOf } from './plan.js';
import type { Kept, Needed } from './plan.js';

/** Who deletes, and whether this is a dry run. */
export interface PurgeOptions {
  readonly producer: Producer;
  /** Only say what would happen; default: true. */
  readonly dryRun?: boolean;
  /** Whether data are deleted before their grace period is over: readers that have begun then fail. Default: false. */
  readonly atOnce?: boolean;
}

/** What a purge has deleted, or would. */
export interface Purge {
  readonly purged: readonly number[];
  /** Updates that have expired, but whose grace period is not over. */
  readonly waiting: readonly number[];
  /** Updates that expired before another feed needed them: for example, a run that had read one committed its result later. */
  readonly spared: readonly Kept[];
  readonly files: number;
  readonly bytes: number;
  /** The records written, one for each expire record whose data were deleted, wholly or in part; none in a dry run. */
  readonly records: readonly PurgeRecord[];
}

/**
 * Deletes the data of updates whose grace period is over, by the store's clock, and then records it; files that an update shares which stays
 * are not deleted. The data are deleted before the record
 * is written: a purge that is killed in between is run again, and deleting twice does no harm. Expiry cannot see what is committed to another
 * feed at the same time, so an update that a living one needs by now is spared: the grace period is for such late commits too.
 */
export async function purgeUpdates(
  end: LogEnd,
  feeds: () => Promise<readonly string[]>,
  { producer, dryRun = true, atOnce = false }: PurgeOptions,
): Promise<Purge> {
  checkPutOptions({ producer });
  const { due, waiting } = await unpurged(end, atOnce);
  const { living, needed } = await neededNow(end, due, feeds);
  const spare = due.flatMap(({ updates }) => updates.filter(({ seq }) => needed.has(seq)));
  const staying = [...living, ...waiting.flatMap(({ updates }) => updates), ...spare];
  const kept = new Set(staying.flatMap(({ files }) => files.map(({ path }) => path)));
  const records: PurgeRecord[] = [];
  const purged: number[] = [];
  const totals = { files: 0, bytes: 0 };
  for (const expire of due) {
    const updates = expire.updates.filter(({ seq }) => !needed.has(seq));
    if (updates.length === 0) continue;
    purged.push(...updates.map(({ seq }) => seq));
    const files = updates.flatMap((update) => update.files).filter(({ path }) => !kept.has(path) && kept.add(path));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    totals.files += files.length;
    totals.bytes += bytes;
    if (dryRun) continue;
    for (const { path } of files) await end.store.remove(`${end.feed}/${path}`);
    records.push(await recordPurge(end, { ...expire, updates }, { files: files.length, bytes }, producer));
  }
  const seqs = (expires: readonly Due[]) => expires.flatMap(({ updates }) => updates.map(({ seq }) => seq));
  const spared = seqs(due).flatMap((seq) => (needed.has(seq) ? [{ seq, because: String(needed.get(seq)) }] : []));
  return { purged, waiting: seqs(waiting), spared, ...totals, records };
}

/** An expire record with updates that still have their data, and those updates. */
interface Due {
  readonly record: ExpireRecord;
  readonly updates: readonly UpdateRecord[];
}

/**
 * The living updates, and why other feeds need these or what would be deleted. The head is read after the expire records that are due: an
 * update that is committed later shares files of a living one, which are in `living` already.
 */
async function neededNow(
  end: LogEnd,
  due: readonly Due[],
  feeds: () => Promise<readonly string[]>,
): Promise<{ readonly living: readonly UpdateRecord[]; readonly needed: Needed }> {
  if (due.length === 0) return { living: [], needed: new Map() };
  const { updates } = await livingAt(end.log, (await end.log.head())?.record);
  const asked = [...updates, ...due.flatMap((each) => each.updates)].sort((a, b) => a.seq - b.seq);
  return { living: updates, needed: await neededOf(asked, end, await feeds()) };
}

/** Expire records with updates that still have their data, oldest first, by whether their grace period is over. */
async function unpurged(end: LogEnd, atOnce: boolean): Promise<{ due: Due[]; waiting: Due[] }> {
  const { store, feed, log } = end;
  const head = await log.head();
  const purged = new Set<number>();
  const open: ExpireRecord[] = [];
  if (head?.record.refs['expired'] !== undefined) {
    for await (const { record } of log.back(head.record.seq)) {
      if (isPurge(record)) for (const seq of record.updates) purged.add(seq);
      if (isExpire(record) && record.updates.some((seq) => !purged.has(seq))) open.unshift(record);
    }
  }
  const due: Due[] = [];
  const waiting: Due[] = [];
  const now = open.length > 0 ? await storeNow(store, logPaths(feed).folder) : 0;
  for (const record of open) {
    const written = await store.stat(logPaths(feed).record(record.seq));
    const over = atOnce || (written !== undefined && now - written.modifiedMs >= record.graceMs);
    const updates = await updatesOf(
      end,
      record.updates.filter((seq) => !purged.has(seq)),
    );
    (over ? due : waiting).push({ record, updates });
  }
  return { due, waiting };
}

async function updatesOf({ log }: LogEnd, seqs: readonly number[]): Promise<UpdateRecord[]> {
  const entries = await Promise.all(seqs.map((seq) => log.read(seq)));
  return entries.flatMap((entry) => (entry && isUpdate(entry.record) ? [entry.record] : []));
}

async function recordPurge(
  end: LogEnd,
  { record, updates }: Due,
  totals: PurgeRecord['totals'],
  producer: Producer,
): Promise<PurgeRecord> {
  return append<PurgeRecord>(end, {
    settled: async () => undefined,
    draft: (_seq, previous): Draft<PurgeRecord> => ({
      type: 'purge',
      expire: record.seq,
      updates: updates.map(({ seq }) => seq),
      totals,
      producer,
      refs: { latest: 0, ...previous?.refs },
    }),
  });
}
