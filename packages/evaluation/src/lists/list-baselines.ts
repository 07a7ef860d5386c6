import { addRows, checkEaseSize, easeWeights } from '../baselines/ease-weights.js';
import { cosineScorer } from '../baselines/neighbourhood.js';
import type { ListRecommender } from './list-recommender.js';
import type { PairSplit } from './pair-split.js';

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
