import type { Attraction } from '@attractions/contracts';
import { dot, tasteIn } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { itemKnown } from './candidates.js';
import { parkClocks } from './park-clocks.js';
import type { RecommendationRequest } from './recommender.js';
import { visitorsIn } from './visitor.js';

/** Why one attraction has its score for one visitor. */
export interface Explanation {
  readonly attractionId: string;
  readonly name: string;
  /** The score that a list gives: the sum of all contributions and `rest`. */
  readonly score: number;
  /** One for each attraction that the visitor went to, largest first; a negative one lowers the score. */
  readonly contributions: readonly Contribution[];
  /**
   * The part of the score that no visit explains. About 0 after a fold-in. For a known user it is left over by the last iteration of training, which solves
   * the attractions after the users; it shrinks with every iteration.
   */
  readonly rest: number;
}

/** What visits to one attraction add to the score. */
export interface Contribution {
  readonly attractionId: string;
  readonly name: string;
  readonly visits: number;
  readonly contribution: number;
}

/**
 * Prepares explanations: how much each visit adds to a score (Hu, Koren, Volinsky 2008, section 5).
 *
 * @returns the explanation; undefined where the model knows nothing about the visitor or has no factors for the attraction
 * @throws RecommenderError RECOMMENDER_UNKNOWN_ATTRACTION at each call; MODELS_MODEL_INVALID where the model does not carry its options
 */
export function becauseOf(
  generation: Generation,
): (visitor: Pick<RecommendationRequest, 'userId' | 'visits'>, attractionId: string) => Explanation | undefined {
  const { attractions, model } = generation;
  const { rank, itemFactors } = model;
  const tasteOf = tasteIn(model);
  const visitorOf = visitorsIn(generation, parkClocks());
  return (visitor, attractionId) => {
    const item = itemKnown(generation, attractionId);
    const taste = tasteOf(visitorOf(visitor));
    const parts = item < model.attractionIds.length ? taste?.explained()?.contributions(item) : undefined;
    if (taste === undefined || parts === undefined) return undefined;
    const score = dot(itemFactors, item * rank, taste.factors, rank);
    const contributions = Array.from(taste.history.items, (seen, n) => {
      const { attractionId, name } = attractions[seen] as Attraction;
      return { attractionId, name, visits: taste.history.weights[n] as number, contribution: parts[n] as number };
    }).sort((a, b) => b.contribution - a.contribution);
    const { name } = attractions[item] as Attraction;
    return { attractionId, name, score, contributions, rest: score - parts.reduce((sum, part) => sum + part, 0) };
  };
}
