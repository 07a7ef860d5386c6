import { EvaluationError } from './errors.js';

/**
 * What a ranking should have found: pairs of a user and an item that were kept from training, in the shape of the trainer's
 * interactions. Users without a pair are not judged; a pair that comes twice counts once.
 */
export interface HeldOut {
  readonly userCount: number;
  readonly itemCount: number;
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  /** Visitors of each item in training; `novelty` and `popularityBias` need it. */
  readonly popularity?: ArrayLike<number>;
  /** Distinct visitors in training; by default `userCount`. */
  readonly visitorCount?: number;
}

/** The held-out items of each user who has any, users ascending. */
export function itemsByUser({ userCount, itemCount, users, items }: HeldOut): Map<number, Set<number>> {
  if (users.length !== items.length)
    throw new EvaluationError(
      'EVALUATION_HELD_OUT_INVALID',
      `There are ${users.length} users and ${items.length} items; give one of each for every pair.`,
    );
  const byUser = new Map<number, Set<number>>();
  for (const pair of Array.from(users.keys()).sort((a, b) => (users[a] as number) - (users[b] as number))) {
    const [user, item] = [users[pair] as number, items[pair] as number];
    if (user >= userCount || item >= itemCount)
      throw new EvaluationError(
        'EVALUATION_HELD_OUT_INVALID',
        `Pair ${pair} is user ${user} and item ${item}, but there are ${userCount} users and ${itemCount} items.`,
      );
    byUser.set(user, (byUser.get(user) ?? new Set()).add(item));
  }
  return byUser;
}
