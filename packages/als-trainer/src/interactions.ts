import { AlsError } from './errors.js';

/**
 * Pairs of users and items (coordinate form): user `users[k]` and item `items[k]` with weight `weights[k]`.
 * Pairs may come in any order and may repeat; the weights of a repeated pair add up.
 */
export interface Interactions {
  readonly userCount: number;
  readonly itemCount: number;
  /** 0 to `userCount - 1`. */
  readonly users: Uint32Array;
  /** 0 to `itemCount - 1`. */
  readonly items: Uint32Array;
  /** Finite; default: 1 each. Implicit feedback: below zero is a dislike, and a pair whose sum is zero is left out. */
  readonly weights?: Float32Array;
  /** Age of each entry, 0 or more and finite; only the option `halfLifeDays` uses it. */
  readonly daysAgo?: Float32Array;
  /** Seeds of the first factors of each user, so that they depend on the user and not on the row; default: the row index. */
  readonly userKeys?: Uint32Array;
  /** The same for items. */
  readonly itemKeys?: Uint32Array;
}

/** Index of the first value that is not below `count`, or -1. */
function firstAbove(values: Uint32Array, count: number): number {
  for (let k = 0; k < values.length; k++) if ((values[k] ?? 0) >= count) return k;
  return -1;
}

function firstNotFinite(values: Float32Array): number {
  for (let k = 0; k < values.length; k++) if (!Number.isFinite(values[k])) return k;
  return -1;
}

function* problemsOf(interactions: Interactions): Generator<string> {
  const { userCount, itemCount, users, items, weights, daysAgo, userKeys, itemKeys } = interactions;
  for (const [name, count] of Object.entries({ userCount, itemCount }))
    if (!Number.isInteger(count) || count < 0 || count >= 2 ** 31)
      yield `${name} is ${count}; make it a whole number from 0 to 2147483647.`;
  if (users.length !== items.length)
    yield `users has ${users.length} entries and items has ${items.length}; give both one entry per pair.`;
  if (weights && weights.length !== users.length)
    yield `weights has ${weights.length} entries for ${users.length} pairs; give one each, or leave weights out.`;
  if (daysAgo && daysAgo.length !== users.length)
    yield `daysAgo has ${daysAgo.length} entries for ${users.length} pairs; give one each, or leave daysAgo out.`;
  const badAge = daysAgo ? daysAgo.findIndex((days) => !(days >= 0 && days < Infinity)) : -1;
  if (badAge >= 0) yield `daysAgo[${badAge}] is ${daysAgo?.[badAge]}; every age must be a finite number of 0 or more.`;
  if (userKeys && userKeys.length !== userCount)
    yield `userKeys has ${userKeys.length} entries for ${userCount} users; give one each, or leave userKeys out.`;
  if (itemKeys && itemKeys.length !== itemCount)
    yield `itemKeys has ${itemKeys.length} entries for ${itemCount} items; give one each, or leave itemKeys out.`;
  const badUser = firstAbove(users, userCount);
  if (badUser >= 0) yield `users[${badUser}] is ${users[badUser]}, but userCount is ${userCount}; rows count from 0.`;
  const badItem = firstAbove(items, itemCount);
  if (badItem >= 0) yield `items[${badItem}] is ${items[badItem]}, but itemCount is ${itemCount}; rows count from 0.`;
}

/**
 * Refuses interactions that no model can be trained on.
 *
 * @throws AlsError `ALS_INTERACTIONS_INVALID` (all problems), `ALS_INTERACTIONS_EMPTY` or `ALS_WEIGHT_INVALID`.
 */
export function checkInteractions(interactions: Interactions): void {
  const problems = [...problemsOf(interactions)];
  if (problems.length > 0) throw new AlsError('ALS_INTERACTIONS_INVALID', problems);
  if (interactions.users.length === 0)
    throw new AlsError('ALS_INTERACTIONS_EMPTY', ['There are no interactions; give at least one user and item pair.']);
  const bad = interactions.weights ? firstNotFinite(interactions.weights) : -1;
  if (bad >= 0)
    throw new AlsError('ALS_WEIGHT_INVALID', [
      `weights[${bad}] is ${interactions.weights?.[bad]} (user ${interactions.users[bad]}, item ${interactions.items[bad]}); every weight must be a finite number.`,
    ]);
}
