import type { RecommendationRequest, Recommendations, Recommender } from './recommender.js';

/** Lists remembered by default. */
export const CACHED_LISTS = 10_000;

/** Longest key: a request of more words than this is seldom asked again. */
const MAX_KEY_LENGTH = 1_000;

/**
 * Answers the same request with the same list, which is made once: a generation does not change, so neither does its answer. Of more than
 * `lists` those asked for longest ago are forgotten. A request with a time, or with timed visits, is answered anew: no two are the same. A
 * generation that takes over needs a cache of its own.
 *
 * A list of 10 takes about 3 kB, its key included, and twice that where the service keeps its spelling too: 60 MB at the default.
 *
 * @param lists remembered at most, above 0; default 10,000
 */
export function cachedRecommender(recommender: Recommender, lists: number = CACHED_LISTS): Recommender {
  // Two halves: a list that is asked for moves to the young one; when that is full the old one goes. Cheaper than to reorder at each request.
  const half = Math.ceil(lists / 2);
  let young = new Map<string, Recommendations>();
  let old = new Map<string, Recommendations>();
  return {
    recommend(request) {
      const key = keyOf(request);
      if (key === undefined) return recommender.recommend(request);
      const known = young.get(key);
      if (known !== undefined) return known;
      const answer = old.get(key) ?? recommender.recommend(request);
      if (young.size >= half) [young, old] = [new Map(), young];
      young.set(key, answer);
      return answer;
    },
  };
}

/** All that an answer depends on; undefined where it is not worth remembering. */
function keyOf(request: RecommendationRequest): string | undefined {
  const { userId, visits, at, park, limit, themes, allow, deny, includeVisited, explain } = request;
  if (at !== undefined) return undefined;
  if (visits?.some((visit) => typeof visit !== 'string')) return undefined;
  // Most requests name a user and no more; a text that begins with a bracket is one of the others.
  if (userId !== undefined && !visits && !park && !themes && !allow && !deny)
    return `${limit} ${includeVisited} ${explain} ${userId}`;
  const key = JSON.stringify([userId, visits, park, limit, themes, allow, deny, includeVisited, explain]);
  return key.length > MAX_KEY_LENGTH ? undefined : key;
}
