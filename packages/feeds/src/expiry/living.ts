import type { Log } from '../log/log.js';
import { isPin, isUpdate } from '../log/record.js';
import type { PinRecord, RecordEnvelope, SeqRange, UpdateRecord } from '../log/record.js';
import { expiredAt, isIn } from './expired.js';

/** What a feed still has, seen from one head. */
export interface Living {
  readonly expired: readonly SeqRange[];
  /** Updates that have not expired, oldest first. */
  readonly updates: readonly UpdateRecord[];
  /** The newest record of each pin. */
  readonly pins: readonly PinRecord[];
  readonly refs: RecordEnvelope['refs'];
  /** Where a rollback would move each alias, as far as that has not expired. */
  readonly before: Readonly<Record<string, number>>;
}

/** Walks back from a head to the first update that has not expired; pins and names of living updates come after those. */
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
