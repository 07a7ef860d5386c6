import { addRows, checkEaseSize, cosineScorer, easeWeights } from '@attractions/models';
import { rankByScore } from '../evaluate.js';
import type { PairSplit } from './pair-split.js';

/** A score for every item, by number; higher is better. The array may be used again for the next user. */
export type ListScorer = (user: number) => ArrayLike<number>;

/** A recommender that learns from pairs and scores all items for one of their users. */
export interface ListRecommender {
  readonly name: string;
  /** Says, before any work is done, whether {@link learn} will refuse the split. @throws what it will throw */
  check?(split: PairSplit): void;
  /** @throws ModelsError MODELS_TOO_LARGE where the split is too large for it */
  learn(split: PairSplit): ListScorer;
}

/** The best `k` items for a user, without those of the user's training; of equal scores the lower item number comes first. */
export function listsOf(recommender: ListRecommender, split: PairSplit, k: number): (user: number) => Uint32Array {
  const score = recommender.learn(split);
  const all = Uint32Array.from({ length: split.itemIds.length }, (_, item) => item);
  return (user) => {
    const hidden = new Set(split.seen[user]);
    return rankByScore(score(user), all, k + hidden.size)
      .filter((item) => !hidden.has(item))
      .slice(0, k);
  };
}

/** Most users first. */
export const listPopular: ListRecommender = {
  name: 'popular',
  learn({ heldOut: { popularity = [] } }) {
    return () => popularity;
  },
};

/** Item-based collaborative filtering with all items as neighbours (Sarwar et al. 2001): the sum of the cosines with the user's items. */
export const listItemKnn: ListRecommender = {
  name: 'item kNN',
  learn({ seen, itemIds }) {
    const score = cosineScorer(seen, itemIds.length);
    return (user) => score(seen[user] ?? []);
  },
};

/** Embarrassingly shallow autoencoders (Steck 2019), exactly: one linear model of all items. */
export const listEase: ListRecommender = {
  name: 'EASE',
  check: checkItems,
  learn(split) {
    checkItems(split);
    const { seen, itemIds } = split;
    const weights = easeWeights(seen, itemIds.length);
    const scores = new Float64Array(itemIds.length);
    return (user) => addRows(weights, itemIds.length, seen[user] ?? [], scores);
  },
};

function checkItems({ itemIds }: PairSplit): void {
  checkEaseSize(itemIds.length, 'Leave it out of --trainers.');
}
