import type { RecordEnvelope, UpdateRecord } from '../log/record.js';
import type { Living } from './living.js';

/** Which updates may expire. One that either half keeps stays; at least one half must be given. */
export interface ExpireRule {
  /** The newest updates that stay, at least 1. */
  readonly keepLast?: number;
  /** Age up to which updates stay. */
  readonly maxAgeMs?: number;
}

/** An update that stays, and the first reason why. */
export interface Kept {
  readonly seq: number;
  /** For people: `is latest`, `is called champion`, `is parent of training/als/v1.0#3`. */
  readonly because: string;
}

/** What expiry would do to a feed, oldest first. */
export interface ExpiryPlan {
  readonly expiring: readonly number[];
  readonly kept: readonly Kept[];
}

/** Updates of other feeds made from those of this one: seq here, and the child's name. */
export type Children = ReadonlyMap<number, string>;

/** Judges every living update. Names, pins and children keep an update whatever the rule says. */
export function planExpiry(
  { updates, pins }: Living,
  refs: RecordEnvelope['refs'],
  children: Children,
  { keepLast = 0, maxAgeMs = -1 }: ExpireRule,
  nowMs: number,
): ExpiryPlan {
  const reasons: readonly ((update: UpdateRecord, place: number) => string | undefined)[] = [
    ({ seq }) => (seq === refs.latest ? 'is latest' : undefined),
    ({ seq }) => names.get(seq) && `is called ${names.get(seq)}`,
    ({ seq }) => leases.get(seq) && `is pinned as ${leases.get(seq)?.pin} until ${leases.get(seq)?.until}`,
    ({ seq }) => children.get(seq) && `is parent of ${children.get(seq)}`,
    (_, place) => (updates.length - place <= keepLast ? `is one of the last ${keepLast}` : undefined),
    ({ timestamp }) => (nowMs - Date.parse(timestamp) <= maxAgeMs ? 'is young enough' : undefined),
  ];
  const names = new Map(Object.entries(refs).map(([name, seq]) => [seq, name]));
  const held = pins.filter(({ until }) => Date.parse(until) > nowMs);
  const leases = new Map(held.map((record) => [record.target, record]));
  const expiring: number[] = [];
  const kept: Kept[] = [];
  for (const [place, update] of updates.entries()) {
    const because = reasons.map((reason) => reason(update, place)).find((found) => found !== undefined);
    if (because === undefined) expiring.push(update.seq);
    else kept.push({ seq: update.seq, because });
  }
  return { expiring, kept };
}
