import { openLog } from '../log/log.js';
import type { LogEnd } from '../log/append.js';
import type { UpdateRecord } from '../log/record.js';
import { siblingAmong } from '../sibling.js';
import { livingAt } from './living.js';
import type { Living } from './living.js';
import { heldIn } from './plan.js';
import type { Needed } from './plan.js';

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
