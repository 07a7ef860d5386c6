import { modelOfKind, scorerOf, sourcesOf } from '@attractions/models';
import type { Generation, ScoringKind, Visitor } from '@attractions/models';
import { candidates, entryOf } from './candidates.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import type { Recommendation, RecommendationRequest, Recommender } from './recommender.js';
import { visitorsIn } from './visitor.js';

/**
 * Makes a recommender from any kind of model. Filters, names, sources and reasons are added here for all kinds, so no kind can forget one. Returns an empty
 * list where the kind knows nothing about the visitor, or the generation has no model of this kind.
 *
 * @param clocks default: UTC in every park
 * @throws ModelsError MODELS_MODEL_INVALID where the kind refuses its model
 */
export function kindRecommender(
  generation: Generation,
  kind: ScoringKind,
  clocks: ParkClocks = parkClocks(),
): Recommender {
  const scorer = scorerOf(kind, generation);
  const visitorOf = visitorsIn(generation, clocks);
  const [usual = kind.name] = sourcesOf(kind);
  const { seqs } = generation;

  return {
    recommend(request) {
      const pool = candidates(generation, request);
      const scores = scorer?.(visitorOf(request));
      if (scores === undefined) return { recommendations: [], source: usual, generation: seqs };
      const { source } = scores;
      const best = scores.best(pool, pool.limit);
      const recommendations: Recommendation[] = [];
      for (let n = 0; n < best.items.length && recommendations.length < pool.limit; n++) {
        const item = best.items[n] as number;
        if (!pool.passes(item)) continue;
        const reason = request.explain === true ? (scores.reason?.(item) ?? 'the best match of those left') : undefined;
        recommendations.push(entryOf(generation, item, best.scores[n] as number, source, reason));
      }
      return { recommendations, source, generation: seqs };
    },
  };
}

/**
 * Prepares the part of a cache key that depends on the time; see `ScoringKind.timeKey`.
 *
 * @returns equal texts for equal lists; undefined where the list changes from one millisecond to the next
 */
export function timeKeyIn(
  generation: Generation,
  kinds: readonly ScoringKind[],
  clocks: ParkClocks,
): (request: RecommendationRequest) => string | undefined {
  const visitorOf = visitorsIn(generation, clocks);
  const keys = kinds.flatMap((kind) => {
    const model = modelOfKind(kind, generation);
    return kind.timeKey === undefined || model === undefined
      ? []
      : [(visitor: Visitor) => kind.timeKey?.(model, visitor)];
  });
  return (request) => {
    const visitor = visitorOf(request);
    let whole = '';
    for (const keyOf of keys) {
      const key = keyOf(visitor);
      if (key === undefined) return undefined;
      if (key !== '') whole += whole === '' ? key : `|${key}`;
    }
    return whole;
  };
}
