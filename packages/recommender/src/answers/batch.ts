import type { RecommendationRequest, Recommendations, Recommender } from './recommender.js';

/**
 * Lists for many users, one after the other and only as fast as they are taken: for a nightly file, an e-mail, an evaluation. Pass
 * `generation.model.userIds` for everybody the model knows. The filters of the request hold for each.
 */
export function* recommendEach(
  recommender: Recommender,
  userIds: Iterable<string>,
  request: Omit<RecommendationRequest, 'userId'> = {},
): Generator<readonly [userId: string, answer: Recommendations]> {
  for (const userId of userIds) yield [userId, recommender.recommend({ ...request, userId })];
}
