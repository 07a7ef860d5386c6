import type { HeldOut } from '../held-out.js';
import type { IdPair } from './read-lists.js';

/** A split that somebody else made, as numbers: what trainers take and what is to be found. */
export interface PairSplit {
  /** In the order of their first pair, in training, then in the test. */
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** The pairs to train on, in the shape of a trainer's interactions. */
  readonly training: {
    readonly userCount: number;
    readonly itemCount: number;
    readonly users: Uint32Array;
    readonly items: Uint32Array;
  };
  /** The items of each user in training, ascending: never listed again. */
  readonly seen: readonly Uint32Array[];
  readonly heldOut: HeldOut;
}

/** Numbers the ids of both sides alike. An item that is only in the test can never be found, and counts as missed. */
export function pairSplitOf(training: readonly IdPair[], test: readonly IdPair[]): PairSplit {
  const [userOf, itemOf] = [new Map<string, number>(), new Map<string, number>()];
  const numbered = (pairs: readonly IdPair[]) => ({
    users: Uint32Array.from(pairs, ([user]) => numberIn(userOf, user)),
    items: Uint32Array.from(pairs, ([, item]) => numberIn(itemOf, item)),
  });
  const [known, wanted] = [numbered(training), numbered(test)];
  const [userCount, itemCount] = [userOf.size, itemOf.size];
  const seen = Array.from({ length: userCount }, () => new Set<number>());
  known.users.forEach((user, pair) => seen[user]?.add(known.items[pair] as number));
  const popularity = new Uint32Array(itemCount);
  for (const items of seen) for (const item of items) (popularity[item] as number) += 1;
  return {
    userIds: [...userOf.keys()],
    itemIds: [...itemOf.keys()],
    training: { userCount, itemCount, ...known },
    seen: seen.map((items) => Uint32Array.from(items).sort()),
    heldOut: { userCount, itemCount, ...wanted, popularity },
  };
}

function numberIn(numbers: Map<string, number>, id: string): number {
  const number = numbers.get(id) ?? numbers.size;
  numbers.set(id, number);
  return number;
}
