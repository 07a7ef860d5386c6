import type { LogEnd } from '../log/append.js';
import { openLog } from '../log/log.js';
import type { UpdateRecord } from '../log/record.js';
import { siblingAmong } from '../log/updates.js';
import { livingAt } from './living.js';
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

/** Why updates of a feed must stay for the sake of other feeds, by seq. */
export type Needed = ReadonlyMap<number, string>;

/** Why an update stays whatever a rule says, by what its own feed tells: names and pins. */
export function heldIn({ refs, before, pins }: Living, nowMs: number): (seq: number) => string | undefined {
  const names = new Map(Object.entries(refs).map(([name, seq]) => [seq, name]));
  const returns = new Map(Object.entries(before).map(([name, seq]) => [seq, name]));
  const leases = new Map(
    pins.filter(({ until }) => Date.parse(until) > nowMs).map((record) => [record.target, record]),
  );
  return (seq) => {
    const [name, back, lease] = [names.get(seq), returns.get(seq), leases.get(seq)];
    if (seq === refs.latest) return 'is latest';
    if (name !== undefined) return `is called ${name}`;
    if (back !== undefined) return `is what a rollback of ${back} goes to`;
    return lease && `is pinned as ${lease.pin} until ${lease.until}`;
  };
}

/** Judges every living update. Names, pins and what other feeds need keep an update whatever the rule says. */
export function planExpiry(
  living: Living,
  needed: Needed,
  { keepLast = 0, maxAgeMs = -1 }: ExpireRule,
  nowMs: number,
): ExpiryPlan {
  const { updates } = living;
  const held = heldIn(living, nowMs);
  const reasons: readonly ((update: UpdateRecord, place: number) => string | undefined)[] = [
    ({ seq }) => held(seq),
    ({ seq }) => needed.get(seq),
    (_, place) => (updates.length - place <= keepLast ? `is one of the last ${keepLast}` : undefined),
    ({ timestamp }) => (nowMs - Date.parse(timestamp) <= maxAgeMs ? 'is young enough' : undefined),
  ];
  const expiring: number[] = [];
  const kept: Kept[] = [];
  for (const [place, update] of updates.entries()) {
    const because = reasons.map((reason) => reason(update, place)).find((found) => found !== undefined);
    if (because === undefined) expiring.push(update.seq);
    else kept.push({ seq: update.seq, because });
  }
  return { expiring, kept };
}

/**
 * What other feeds need of the updates `own` (oldest first) of a feed: the parents of their living updates, and the siblings of those that are held there, by a name, a pin, or
 * as somebody's parent. A model that is served is answered with by its siblings too; one that only waits for its own expiry needs them no
 * longer than their feed's rule lets them stay.
 */
export async function neededOf(
  own: readonly UpdateRecord[],
  { store, feed, clock }: LogEnd,
  feeds: readonly string[],
): Promise<Needed> {
  const others = await Promise.all(
    feeds
      .filter((name) => name !== feed)
      .map(async (name): Promise<[string, Living]> => {
        const log = openLog(store, name);
        return [name, await livingAt(log, (await log.head())?.record)];
      }),
  );
  const parentOf = new Map<string, string>();
  for (const [name, { updates }] of others)
    for (const { seq, parents } of updates)
      for (const parent of parents) parentOf.set(`${parent.feed}#${parent.seq}`, `is parent of ${name}#${seq}`);
  const needed = new Map<number, string>();
  for (const [name, living] of others) {
    const held = heldIn(living, clock.now());
    for (const update of living.updates) {
      const because = held(update.seq) ?? parentOf.get(`${name}#${update.seq}`);
      const sibling = because && (await siblingAmong(own.toReversed(), update));
      if (sibling) needed.set(sibling.seq, `is sibling of ${name}#${update.seq}, which ${because}`);
    }
  }
  for (const { seq } of own) {
    const because = parentOf.get(`${feed}#${seq}`);
    if (because !== undefined) needed.set(seq, because);
  }
  return needed;
}
