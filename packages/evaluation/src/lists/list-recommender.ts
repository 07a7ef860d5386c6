import { rankByScore } from '../rank-by-score.js';
import type { PairSplit } from './pair-split.js';

/** A score for every item, by number; higher is better. The array may be used again for the next user. */
export type ListScorer = (user: number) => ArrayLike<number>;

/** Anything that learns from pairs and scores all items for a user of them. */
export interface ListRecommender {
  readonly name: string;
  /** Tells before anything else is done whether {@link learn} will refuse the split. @throws what it will throw */
  check?(split: PairSplit): void;
  /** @throws EvaluationError EVALUATION_OPTIONS_INVALID where the split is too large for it */
  learn(split: PairSplit): ListScorer;
}

/** The best `k` of all items but those of the user's training; of equal scores the lower item number first. */
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
