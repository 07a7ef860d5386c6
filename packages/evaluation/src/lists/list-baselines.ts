import { inverse } from '../baselines/inverse.js';
import { EvaluationError } from '../errors.js';
import type { ListRecommender } from './list-recommender.js';
import type { PairSplit } from './pair-split.js';

/** Most users first. */
export const listPopular: ListRecommender = {
  name: 'popular',
  learn({ heldOut: { popularity = [] } }) {
    return () => popularity;
  },
};

/**
 * Item-based collaborative filtering with all items as neighbours (Sarwar et al. 2001): the sum of the cosines with the user's items. The
 * matrix of cosines is never made: the sum goes over the users who share an item.
 */
export const listItemKnn: ListRecommender = {
  name: 'item kNN',
  learn({ seen, itemIds, heldOut: { popularity = [] } }) {
    const usersOf: number[][] = itemIds.map(() => []);
    seen.forEach((items, user) => {
      for (const item of items) usersOf[item]?.push(user);
    });
    const scale = Float64Array.from(itemIds, (_, item) => 1 / Math.sqrt(popularity[item] || 1));
    const scores = new Float64Array(itemIds.length);
    return (user) => {
      const alike = new Map<number, number>();
      for (const item of seen[user] ?? [])
        for (const other of usersOf[item] ?? []) alike.set(other, (alike.get(other) ?? 0) + (scale[item] as number));
      scores.fill(0);
      for (const [other, weight] of alike)
        for (const item of seen[other] ?? []) (scores[item] as number) += weight * (scale[item] as number);
      return scores;
    };
  },
};

/** The pull of all weights towards zero, as strong as so many users. */
const ridge = 100;

/** Items of the largest matrix that is inverted: a minute or so, since the time grows with the cube. */
const mostItems = 3_000;

/** Embarrassingly shallow autoencoders (Steck 2019), exactly: one linear model of all items. */
export const listEase: ListRecommender = {
  name: 'EASE',
  learn({ seen, itemIds: { length: n } }) {
    if (n > mostItems)
      throw new EvaluationError(
        'EVALUATION_OPTIONS_INVALID',
        `EASE inverts a matrix of all items, here ${n} x ${n}; the most it takes are ${mostItems}. Leave it out of --trainers.`,
      );
    const precision = inverse(gram(seen, n), n);
    const scores = new Float64Array(n);
    return (user) => {
      scores.fill(0);
      for (const from of seen[user] ?? [])
        for (let to = 0; to < n; to++)
          if (from !== to)
            (scores[to] as number) -= (precision[from * n + to] as number) / (precision[to * n + to] as number);
      return scores;
    };
  },
};

function gram(seen: PairSplit['seen'], n: number): Float64Array {
  const shared = new Float64Array(n * n);
  for (const items of seen) for (const a of items) for (const b of items) (shared[a * n + b] as number) += 1;
  for (let item = 0; item < n; item++) (shared[item * n + item] as number) += ridge;
  return shared;
}
