import type { Log } from '../log/log.js';
import { isExpire } from '../log/record.js';
import type { RecordEnvelope, SeqRange } from '../log/record.js';

/** Tells whether an update has expired. */
export function isIn(ranges: readonly SeqRange[], seq: number): boolean {
  return ranges.some(([first, last]) => seq >= first && seq <= last);
}

/**
 * The ranges when more updates expire. A range means every update in it, so two become one where no living update is between
 * them, and the first begins at 1 where none is before it.
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

/** What has expired when `record` was the newest: the newest expire record says it, whichever came after. */
export async function expiredAt(log: Log, record: RecordEnvelope | undefined): Promise<readonly SeqRange[]> {
  const seq = record?.refs['expired'];
  if (record === undefined || seq === undefined) return [];
  const entry = seq === record.seq ? { record } : await log.read(seq);
  return entry && isExpire(entry.record) ? entry.record.expired : [];
}
