import type { Attraction } from '@attractions/contracts';
import { placed, popular as popularKind, rankPool } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { candidates, entryOf, itemKnown } from './candidates.js';
import { withFallback } from './fallback.js';
import { parkClocks } from './park-clocks.js';
import type { Composition } from './compose.js';
import { kindRecommender } from './kind.js';
import type { RecommendationRequest, Recommendations } from './recommender.js';
import { ruleBook } from './rules.js';

/** The fields of a request for attractions similar to another one. */
export type SimilarRequest = Pick<RecommendationRequest, 'park' | 'limit' | 'themes' | 'allow' | 'exclude' | 'explain'>;

/**
 * Prepares "more like this": the attractions that the same visitors go to, by the cosine of their factors, -1 to 1. An attraction without visits has no
 * factors; its list has popular attractions, those of its park first.
 *
 * @throws RecommenderError at each call: RECOMMENDER_UNKNOWN_ATTRACTION, and what `recommend` throws for its filters
 */
export function similarIn(
  generation: Generation,
  { rules, clocks = parkClocks() }: Pick<Composition, 'rules' | 'clocks'> = {},
): (attractionId: string, request?: SimilarRequest) => Recommendations {
  const underRules = ruleBook(generation, rules);
  const { rank, itemFactors, attractionIds } = generation.model;
  const directions = placed(unitRows(itemFactors, rank), rank);
  const popular = kindRecommender(generation, popularKind);
  return (attractionId, request = {}) => {
    const item = itemKnown(generation, attractionId);
    const { name, park } = generation.attractions[item] as Attraction;
    const at = clocks.at(undefined)(request.park ?? park);
    const others = { ...request, at, exclude: [...(request.exclude ?? []), attractionId] };
    const direction = directions.subarray(item * rank, (item + 1) * rank);
    if (!direction.some((value) => value !== 0)) {
      const nearby = {
        recommend: (asked: RecommendationRequest) => popular.recommend({ ...asked, park: asked.park ?? park }),
      };
      return underRules(withFallback(nearby, popular), others, request.park ?? park);
    }
    const nearest = (asked: RecommendationRequest): Recommendations => {
      const { items, limit, passes } = candidates(generation, asked);
      const pool = { items: items?.filter((candidate) => candidate < attractionIds.length), passes };
      const best = rankPool(directions, rank, direction, limit, pool);
      const reason = request.explain === true ? `visited by the same people as ${name}` : undefined;
      return {
        recommendations: Array.from(best.items, (near, n) =>
          entryOf(generation, near, best.scores[n] as number, 'als', reason),
        ),
        source: 'als',
        generation: generation.seqs,
      };
    };
    return underRules({ recommend: nearest }, others);
  };
}

/** Scales every row to length 1, so that a dot product is a cosine; a row of zeros stays as it is. */
function unitRows(rows: Float32Array, rank: number): Float32Array {
  const units = new Float32Array(rows.length);
  for (let offset = 0; offset < rows.length; offset += rank) {
    const row = rows.subarray(offset, offset + rank);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0)
      units.set(
        row.map((value) => value / length),
        offset,
      );
  }
  return units;
}
