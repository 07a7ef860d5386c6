import { randomAt } from '../../src/initial.js';
import type { Interactions } from '../../src/interactions.js';

/** A uniform number of 0 to 1 that depends on its arguments alone. */
export const uniform = (stream: number, index: number): number => randomAt(stream, index) / 2 ** 32;

/** Seeded pairs: each user meets each item with probability `share`, with a whole weight of 1 to `maxWeight`. */
export function randomInteractions(userCount: number, itemCount: number, share: number, maxWeight = 5): Interactions {
  const users: number[] = [];
  const items: number[] = [];
  const weights: number[] = [];
  for (let u = 0; u < userCount; u++)
    for (let i = 0; i < itemCount; i++)
      if (uniform(7, u * itemCount + i) < share) {
        users.push(u);
        items.push(i);
        weights.push(1 + (randomAt(8, u * itemCount + i) % maxWeight));
      }
  return {
    userCount,
    itemCount,
    users: Uint32Array.from(users),
    items: Uint32Array.from(items),
    weights: Float32Array.from(weights),
  };
}

/** The pairs of a dense matrix; a cell of `undefined` is no pair. */
export function fromDense(rows: readonly (readonly (number | undefined)[])[]): Interactions {
  const cells = rows.flatMap((row, u) => row.flatMap((w, i) => (w === undefined ? [] : [{ u, i, w }])));
  return {
    userCount: rows.length,
    itemCount: rows[0]?.length ?? 0,
    users: Uint32Array.from(cells, (cell) => cell.u),
    items: Uint32Array.from(cells, (cell) => cell.i),
    weights: Float32Array.from(cells, (cell) => cell.w),
  };
}

/** The same pairs in another order. */
export function shuffled(interactions: Interactions, stream: number): Interactions {
  const order = Array.from(interactions.users.keys()).sort((a, b) => uniform(stream, a) - uniform(stream, b));
  const weights = interactions.weights;
  return {
    ...interactions,
    users: Uint32Array.from(order, (k) => interactions.users[k] as number),
    items: Uint32Array.from(order, (k) => interactions.items[k] as number),
    ...(weights ? { weights: Float32Array.from(order, (k) => weights[k] as number) } : {}),
  };
}

/** Users of the even half like the even items, those of the odd half the odd ones; every pair has one visit. */
export function checkerboard(size: number): Interactions {
  return fromDense(
    Array.from({ length: size }, (_, u) => Array.from({ length: size }, (_, i) => (u % 2 === i % 2 ? 1 : undefined))),
  );
}
