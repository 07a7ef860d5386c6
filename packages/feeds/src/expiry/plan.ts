import type { LogEnd } from '../log/append.js';
import { openLog } from '../log/log.js';
import type { UpdateRecord } from '../log/record.js';
import { siblingAmong } from '../log/updates.js';
import { livingAt } from './living.js';
import type { Living } from './living.js';

/** Which updates may expire. An update stays if either option keeps it; at least one must be given, or `updates` alone. */
export interface ExpireRule {
  /** How many of the newest updates stay, at least 1. */
  readonly keepLast?: number;
  /** Age up to which updates stay. */
  readonly maxAgeMs?: number;
  /** Sequence numbers: only these may expire, without regard to count and age, and though a rollback would go to one of them. */
  readonly updates?: readonly number[];
}

/** An update that stays, and the first reason for it. */
export interface Kept {
  readonly seq: number;
  /** For people: `is latest`, `is called champion`, `is parent of weather/means/v1.0#3`. */
  readonly because: string;
}

/** What expiry would do to a feed, oldest first. */
export interface ExpiryPlan {
  readonly expiring: readonly number[];
  readonly kept: readonly Kept[];
}

/** Why other feeds need updates of a feed, by seq. */
export type Needed = ReadonlyMap<number, string>;

/** Why an update stays whatever the rule says, as far as its own feed can tell: names and pins. */
function heldIn({ refs, before, pins }: Living, nowMs: number): (seq: number) => string | undefined {
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

/** Decides about every living update. Names, pins and the needs of other feeds keep an update whatever the rule says. */
export function planExpiry(
  living: Living,
  needed: Needed,
  { keepLast = 0, maxAgeMs = -1, updates: only }: ExpireRule,
  nowMs: number,
): ExpiryPlan {
  const { updates } = living;
  const held = heldIn(only === undefined ? living : { ...living, before: {} }, nowMs);
  const reasons: readonly ((update: UpdateRecord, place: number) => string | undefined)[] = [
    ({ seq }) => (only?.includes(seq) === false ? 'was not asked for' : undefined),
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
 * What other feeds need of the updates `own` (oldest first) of a feed: the parents of their living updates, and the siblings of those of
 * their updates that are held by a name, by a pin or as a parent, since siblings are often read together. An update that is not held and
 * only waits for its own expiry does not keep its siblings.
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
