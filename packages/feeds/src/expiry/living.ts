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
}

/** Walks back from a head to the first update that has not expired; pins of living updates come after those. */
export async function livingAt(log: Log, head: RecordEnvelope | undefined): Promise<Living> {
  const expired = await expiredAt(log, head);
  const gone = expired[0]?.[0] === 1 ? expired[0][1] : 0;
  const updates: UpdateRecord[] = [];
  const pins = new Map<string, PinRecord>();
  for await (const { record } of log.back(head?.seq ?? 0)) {
    if (record.seq <= gone) break;
    if (isUpdate(record) && !isIn(expired, record.seq)) updates.unshift(record);
    if (isPin(record) && !pins.has(record.pin)) pins.set(record.pin, record);
  }
  return { expired, updates, pins: [...pins.values()] };
}
