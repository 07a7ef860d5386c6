import { attractionIdOf } from './recommender.js';
import type { Recommendation, RecommendationRequest, Recommendations, Recommender } from './recommender.js';

/** Lists remembered by default. */
export const CACHED_LISTS = 10_000;

/** Longest key: a request of more words than this is seldom asked again. */
const MAX_KEY_LENGTH = 1_000;

/** Texts made of a list that was asked for again, kept as long as its entries are. */
export interface KeptTexts {
  answer?: string;
  exposure?: string;
}

const keptTexts = new WeakMap<readonly Recommendation[], KeptTexts>();

/**
 * Where to keep the texts made of an answer; undefined unless a cache gave it for the second time or later. Most lists are asked for once: to keep
 * the texts of those too is work for the collector.
 */
export const textsKeptOf = ({ recommendations }: Recommendations): KeptTexts | undefined =>
  keptTexts.get(recommendations);

/**
 * Answers the same request with the same list, which is made once: a generation does not change, so neither does its answer. Of more than
 * `lists` those asked for longest ago are forgotten. Requests of one hour are the same; one right after a visit is answered anew, since what a visit says
 * fades with every second. A generation that takes over needs a cache of its own.
 *
 * A list of 10 takes about 3 kB, its key included, and twice that where the service keeps its text too: 60 MB at the default.
 *
 * @param timeKey what a list depends on besides the rest of its request, as `timeKeyIn` finds it; undefined: the list is not remembered
 * @param lists remembered at most, above 0; default 10,000
 */
export function cachedRecommender(
  recommender: Recommender,
  timeKey: (request: RecommendationRequest) => string | undefined,
  lists: number = CACHED_LISTS,
): Recommender {
  // Two halves: a list that is asked for moves to the young one; when that is full the old one goes. Cheaper than to reorder at each request.
  const half = Math.ceil(lists / 2);
  let young = new Map<string, Recommendations>();
  let old = new Map<string, Recommendations>();
  return {
    recommend(request) {
      const key = keyOf(request, timeKey(request));
      if (key === undefined) return recommender.recommend(request);
      const known = young.get(key);
      if (known !== undefined) return askedAgain(known);
      const before = old.get(key);
      const answer = before === undefined ? recommender.recommend(request) : askedAgain(before);
      if (young.size >= half) [young, old] = [new Map(), young];
      young.set(key, answer);
      return answer;
    },
  };
}

function askedAgain(answer: Recommendations): Recommendations {
  if (!keptTexts.has(answer.recommendations)) keptTexts.set(answer.recommendations, {});
  return answer;
}

/** All that an answer depends on; undefined where it is not worth remembering. */
function keyOf(request: RecommendationRequest, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const { userId, visits, park, limit, themes, allow, exclude, includeVisited, explain } = request;
  // Most requests name a user and no more; a text that begins with a bracket is one of the others.
  if (userId !== undefined && time === '' && !visits && !park && !themes && !allow && !exclude)
    return `${limit} ${includeVisited} ${explain} ${userId}`;
  const ids = visits?.map(attractionIdOf);
  const key = JSON.stringify([userId, ids, park, time, limit, themes, allow, exclude, includeVisited, explain]);
  return key.length > MAX_KEY_LENGTH ? undefined : key;
}
