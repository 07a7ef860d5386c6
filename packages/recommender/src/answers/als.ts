import type { Attraction } from '@attractions/contracts';
import { placed } from '@attractions/models';
import { rankPool } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { candidates } from './candidates.js';
import { entryOf } from './entry.js';
import type { Recommender } from './recommender.js';
import { tasteIn } from './taste.js';
import type { Taste } from './taste.js';

/**
 * The nearest attractions to a visitor's taste: the factors trained for a known user, or else factors folded in from the visits of the
 * request. Not able, so empty, for a stranger without visits, and silent about attractions without factors.
 * @throws ModelsError MODELS_MODEL_INVALID where the model does not carry its options
 */
export function alsRecommender(generation: Generation): Recommender {
  const { model, seqs } = generation;
  const { rank, attractionIds } = model;
  const itemFactors = placed(model.itemFactors, rank);
  const tasteOf = tasteIn(generation);

  return {
    recommend(request) {
      const { items, limit, passes } = candidates(generation, request);
      const taste = tasteOf(request);
      if (taste === undefined) return { recommendations: [], source: 'als', generation: seqs };
      const pool = { items: items?.filter((item) => item < attractionIds.length), passes };
      const best = rankPool(itemFactors, rank, taste.factors, limit, pool);
      const reasonOf = request.explain === true ? reasonsFrom(generation, taste) : () => undefined;
      return {
        recommendations: Array.from(best.items, (item, n) =>
          entryOf(generation, item, best.scores[n] as number, taste.source, reasonOf(item)),
        ),
        source: taste.source,
        generation: seqs,
      };
    },
  };
}

/** The visit that speaks most for an item. */
function reasonsFrom({ attractions }: Generation, { history, explained }: Taste): (item: number) => string {
  const folded = explained();
  return (item) => {
    const parts = folded?.contributions(item) ?? new Float64Array();
    const most = parts.reduce((best, part, n) => (part > (parts[best] as number) ? n : best), 0);
    const cause = history.items[most] as number;
    if (!((parts[most] ?? 0) > 0)) return 'the best match of those left';
    return cause === item
      ? 'because you were there before'
      : `because you visited ${(attractions[cause] as Attraction).name}`;
  };
}
