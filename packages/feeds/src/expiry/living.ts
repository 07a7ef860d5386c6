import { FeedsError } from '../errors.js';
import type { Entry, Log } from '../log/log.js';
import { isExpire, isPin, isUpdate } from '../log/record.js';
import type { PinRecord, RecordEnvelope, SeqRange, UpdateRecord } from '../log/record.js';

/** What a feed has that did not expire, as of one head. */
export interface Living {
  readonly expired: readonly SeqRange[];
  /** Updates that have not expired, oldest first. */
  readonly updates: readonly UpdateRecord[];
  /** The newest record of each pin. */
  readonly pins: readonly PinRecord[];
  readonly refs: RecordEnvelope['refs'];
  /** Where a rollback would move each alias, unless that has expired. */
  readonly before: Readonly<Record<string, number>>;
}

/** Walks back from a head to the oldest update that has not expired; pins and aliases of living updates come later in the log. */
export async function livingAt(log: Log, head: RecordEnvelope | undefined): Promise<Living> {
  const expired = await expiredAt(log, head);
  const gone = expired[0]?.[0] === 1 ? expired[0][1] : 0;
  const refs = head?.refs ?? { latest: 0 };
  const updates: UpdateRecord[] = [];
  const pins = new Map<string, PinRecord>();
  const before: Record<string, number> = {};
  const open = new Set(Object.keys(refs).filter((name) => name !== 'latest' && name !== 'expired'));
  for await (const { record } of log.back(head?.seq ?? 0)) {
    if (record.seq <= gone) break;
    if (isUpdate(record) && !isIn(expired, record.seq)) updates.unshift(record);
    if (isPin(record) && !pins.has(record.pin)) pins.set(record.pin, record);
    for (const alias of open) {
      const then = record.refs[alias];
      if (then === refs[alias]) continue;
      if (then !== undefined) before[alias] = then;
      open.delete(alias);
    }
  }
  return { expired, updates, pins: [...pins.values()], refs, before };
}

/** Whether an update has expired: whether its seq is in one of the ranges. */
export function isIn(ranges: readonly SeqRange[], seq: number): boolean {
  return ranges.some(([first, last]) => seq >= first && seq <= last);
}

/**
 * The ranges after more updates expire. A range means every update in it, so two become one if there is no living update between them,
 * and the first begins at 1 if there is none before it.
 */
export function withExpired(
  ranges: readonly SeqRange[],
  expiring: readonly number[],
  living: readonly number[],
): readonly SeqRange[] {
  const all = [...ranges, ...expiring.map((seq): SeqRange => [seq, seq])].sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [first, last] of all) {
    const before = merged.at(-1);
    const from = before ? before[1] : 0;
    const parted = living.some((seq) => seq > from && seq < first);
    if (before && !parted) before[1] = Math.max(before[1], last);
    else merged.push([before || parted ? first : 1, last]);
  }
  return merged;
}

/** What had expired when `record` was the newest, as the newest expire record up to it says. */
export async function expiredAt(log: Log, record: RecordEnvelope | undefined): Promise<readonly SeqRange[]> {
  const seq = record?.refs['expired'];
  if (record === undefined || seq === undefined) return [];
  const entry = seq === record.seq ? { record } : await log.read(seq);
  return entry && isExpire(entry.record) ? entry.record.expired : [];
}

/**
 * The update of `seq`, which must exist and must not have expired by `head`: a record committed right after that head can rely on it.
 * `purpose` says what it is for, in messages.
 */
export async function livingUpdate(
  { feed, log }: { readonly feed: string; readonly log: Log },
  head: Entry | undefined,
  seq: number,
  purpose: string,
): Promise<UpdateRecord> {
  const entry = seq <= (head?.record.seq ?? 0) ? await log.at(seq) : undefined;
  if (!entry || !isUpdate(entry.record)) {
    const known = `its newest record is ${head?.record.seq ?? 0}`;
    throw new FeedsError('FEEDS_NO_SUCH_UPDATE', `The feed ${feed} has no update ${seq} to ${purpose}; ${known}.`);
  }
  if (isIn(await expiredAt(log, head?.record), seq)) throw gone(feed, seq, `it is too late to ${purpose}`);
  return entry.record;
}

/** The error for an update that has expired. */
export function gone(feed: string, seq: number, consequence: string, cause?: unknown): FeedsError {
  const fix = 'Pin or name the updates that must stay';
  return new FeedsError('FEEDS_EXPIRED', `Update ${seq} of ${feed} has expired; ${consequence}. ${fix}.`, { cause });
}
