import { modelOfKind, scorerOf, sourcesOf } from '@attractions/models';
import type { Generation, ScoringKind, Visitor } from '@attractions/models';
import { candidates, entryOf } from './candidates.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import type { Recommendation, RecommendationRequest, Recommender } from './recommender.js';
import { visitorsIn } from './visitor.js';

/**
 * Makes a recommender of any kind of model: the filters of the request, names, sources and reasons are the same for all, and no kind can forget one. Not able,
 * so empty, where the kind says nothing of the visitor, or the generation has no such model.
 *
 * @param clocks default: UTC in every park
 * @throws ModelsError MODELS_MODEL_INVALID where the kind finds a fault in its model
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
 * Prepares to say what a list of these kinds depends on besides the rest of its request; see `ScoringKind.timeKey`.
 *
 * @returns a text that is the same where the lists are; undefined where a list changes from one millisecond to the next
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
