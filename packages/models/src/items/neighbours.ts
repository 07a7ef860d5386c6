import { ModelsError } from '../errors.js';

/** For each item the other items that share a user with it, ascending, with their cosine: those of item i are at `offsets[i]` up to `offsets[i + 1]`. */
export interface Neighbours {
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
  readonly cosines: Float64Array;
}

/** Most pairs of items that are kept: 3.6 GB. */
const MOST_PAIRS = 300_000_000;

/**
 * Item-based collaborative filtering with all items as neighbours (Sarwar et al. 2001): the score of an item is the sum of its cosines with the items
 * given, over the users who have them. An item is not its own neighbour.
 *
 * @param seen the items of each user, none twice
 * @returns scores of all items for some of them; the next call uses the same array again
 * @throws ModelsError MODELS_TOO_LARGE where more than 300 million pairs of items share a user
 */
export function cosineScorer(
  seen: readonly ArrayLike<number>[],
  itemCount: number,
): (items: ArrayLike<number>) => Float64Array {
  const { offsets, items: others, cosines } = neighboursOf(seen, itemCount);
  const scores = new Float64Array(itemCount);
  return (items) => {
    scores.fill(0);
    for (let n = 0; n < items.length; n++) {
      const item = items[n] as number;
      const end = offsets[item + 1] as number;
      for (let at = offsets[item] as number; at < end; at++)
        (scores[others[at] as number] as number) += cosines[at] as number;
    }
    return scores;
  };
}

/**
 * The neighbours of all items. Counts the items twice, since the length of a row is known only after counting it.
 * @throws ModelsError MODELS_TOO_LARGE where more than 300 million pairs of items share a user
 */
export function neighboursOf(seen: readonly ArrayLike<number>[], itemCount: number): Neighbours {
  const usersOf: number[][] = Array.from({ length: itemCount }, () => []);
  seen.forEach((items, user) => {
    for (let n = 0; n < items.length; n++) usersOf[items[n] as number]?.push(user);
  });
  const count = rowCounter(seen, usersOf);
  const offsets = new Uint32Array(itemCount + 1);
  let pairs = 0;
  for (let item = 0; item < itemCount; item++) {
    pairs += count(item).touched.length;
    if (pairs > MOST_PAIRS)
      throw new ModelsError(
        'MODELS_TOO_LARGE',
        `Item kNN keeps each pair of items that share a user, 12 bytes per pair; among these ${itemCount} items there are more than ${MOST_PAIRS}. Leave it out.`,
      );
    offsets[item + 1] = pairs;
  }
  const [items, cosines] = [new Uint32Array(pairs), new Float64Array(pairs)];
  const next = offsets.slice();
  // A pair is put into the row of the other item, so that each row is ascending.
  for (let item = 0; item < itemCount; item++) {
    const { touched, shared } = count(item);
    const users = usersOf[item] as readonly number[];
    for (let n = 0; n < touched.length; n++) {
      const other = touched[n] as number;
      const at = next[other] as number;
      next[other] = at + 1;
      items[at] = item;
      cosines[at] = (shared[other] as number) / Math.sqrt(users.length * (usersOf[other] as readonly number[]).length);
    }
  }
  return { offsets, items, cosines };
}

/** Counts the users that one item shares with each other, in one array for all items; `touched` are those where it is not 0. */
function rowCounter(seen: readonly ArrayLike<number>[], usersOf: readonly (readonly number[])[]) {
  const shared = new Uint32Array(usersOf.length);
  const touched = new Uint32Array(usersOf.length);
  let length = 0;
  return (item: number) => {
    for (let n = 0; n < length; n++) shared[touched[n] as number] = 0;
    length = 0;
    for (const user of usersOf[item] ?? []) {
      const items = seen[user] as ArrayLike<number>;
      for (let n = 0; n < items.length; n++) {
        const other = items[n] as number;
        if (other === item) continue;
        if (shared[other] === 0) touched[length++] = other;
        (shared[other] as number) += 1;
      }
    }
    return { touched: touched.subarray(0, length), shared };
  };
}
