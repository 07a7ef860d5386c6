import { attractionIdOf } from './recommender.js';
import type { Recommendation, RecommendationRequest, Recommendations, Recommender } from './recommender.js';

/** Lists cached by default. */
export const CACHED_LISTS = 10_000;

/** Longest key, in UTF-16 units: a longer request rarely comes twice. */
const MAX_KEY_LENGTH = 1_000;

/** Texts made from a list that was requested more than once; kept as long as its entries. */
export interface KeptTexts {
  answer?: string;
  exposure?: string;
}

const keptTexts = new WeakMap<readonly Recommendation[], KeptTexts>();

/**
 * Where to keep the texts made from an answer; undefined unless a cache has given it at least twice. Most lists are requested once, and keeping their texts
 * too would only burden the garbage collector.
 */
export const textsKeptOf = ({ recommendations }: Recommendations): KeptTexts | undefined =>
  keptTexts.get(recommendations);

/**
 * Gives the same request the same list, made once: a generation never changes, so its answers do not change either. Keeps at most `lists` lists, and drops
 * those that were requested longest ago. Requests within one hour count as the same. A request soon after a visit is not cached, since the effect of a visit
 * fades with every second. Each generation needs a cache of its own.
 *
 * A list of 10 takes about 3 kB with its key, and twice that where the service keeps its text too: 60 MB at the default.
 *
 * @param timeKey the part of the key that depends on the time, as `timeKeyIn` gives it; undefined: the list is not cached
 * @param lists most lists kept, above 0; default 10,000
 */
export function cachedRecommender(
  recommender: Recommender,
  timeKey: (request: RecommendationRequest) => string | undefined,
  lists: number = CACHED_LISTS,
): Recommender {
  // Two halves: a requested list moves to the young one; when that is full, the old one is dropped. Cheaper than reordering at each request.
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

/** Everything that an answer depends on; undefined where the list is not cached. */
function keyOf(request: RecommendationRequest, time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const { userId, visits, park, limit, themes, allow, exclude, includeVisited, explain, attributes } = request;
  // Most requests name only a user. The keys of all others begin with a bracket.
  if (userId !== undefined && time === '' && !visits && !park && !themes && !allow && !exclude && !attributes)
    return `${limit} ${includeVisited} ${explain} ${userId}`;
  const ids = visits?.map(attractionIdOf);
  const asked = [userId, ids, park, time, limit, themes, allow, exclude, includeVisited, explain, attributes];
  const key = JSON.stringify(asked);
  return key.length > MAX_KEY_LENGTH ? undefined : key;
}
