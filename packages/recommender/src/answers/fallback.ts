import { DEFAULT_LIMIT } from './recommender.js';
import type { Recommendations, Recommender } from './recommender.js';

/**
 * Tries each recommender in turn until the list is full. A short list is *topped up*: the entries of the first recommender stay in front, the next one adds
 * others, and each entry names its source. Visitors prefer a full list to one of a single source. Scores of different sources have different scales and are
 * not compared.
 */
export function withFallback(first: Recommender, ...others: readonly Recommender[]): Recommender {
  return {
    recommend(request) {
      const { limit = DEFAULT_LIMIT, exclude = [] } = request;
      return others.reduce((answer, next) => {
        const found = answer.recommendations;
        if (found.length >= limit) return answer;
        const listed = found.length === 0 ? exclude : [...exclude, ...found.map(({ attractionId }) => attractionId)];
        return toppedUp(answer, next.recommend({ ...request, limit: limit - found.length, exclude: listed }));
      }, first.recommend(request));
    },
  };
}

/** The source is that of the first entry; the panel is the first one that an answer names. */
function toppedUp(answer: Recommendations, more: Recommendations): Recommendations {
  const panel = answer.panel ?? more.panel;
  const recommendations = [...answer.recommendations, ...more.recommendations];
  const { source } = answer.recommendations.length === 0 ? more : answer;
  return { recommendations, source, ...(panel && { panel }), generation: answer.generation };
}
