import type { Attraction } from '@attractions/feeds';
import { foldInOf } from '../factors/fold-in.js';
import type { FoldedIn, History } from '../factors/fold-in.js';
import { rankPool } from '../factors/top-k.js';
import type { Generation } from '../generation/generation.js';
import { seenBy } from '../generation/generation.js';
import { candidates } from './candidates.js';
import { entryOf } from './entry.js';
import type { RecommendationRequest, Recommender } from './recommender.js';

/** What the model knows about the visitor who asks. */
interface Taste {
  readonly source: 'als' | 'fold-in';
  /** `rank` values. */
  readonly factors: Float32Array;
  readonly history: History;
  /** Of the history; worked out only when a reason is asked for. */
  explained(): FoldedIn | undefined;
}

/**
 * The nearest attractions to a visitor's taste: the factors trained for a known user, or else factors folded in from the visits of the
 * request. Not able, so empty, for a stranger without visits, and silent about attractions without factors.
 * @throws RecommenderError RECOMMENDER_GENERATION_INVALID where the model does not carry its options
 */
export function alsRecommender(generation: Generation): Recommender {
  const { model, seqs } = generation;
  const { rank, itemFactors, attractionIds } = model;
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

function tasteIn(generation: Generation): (request: RecommendationRequest) => Taste | undefined {
  const { rank, userFactors } = generation.model;
  const foldIn = foldInOf(generation.model);
  return ({ userId, visits }) => {
    const user = userId === undefined ? undefined : generation.userOf.get(userId);
    if (user !== undefined) {
      const items = seenBy(generation, user);
      const history = { items, weights: new Float32Array(items.length).fill(1) };
      const factors = userFactors.subarray(user * rank, (user + 1) * rank);
      return { source: 'als', factors, history, explained: () => foldIn(history) };
    }
    const history = historyOf(generation, visits ?? []);
    if (history.items.length === 0) return undefined;
    const folded = foldIn(history);
    if (folded === undefined) return undefined;
    return { source: 'fold-in', factors: folded.factors, history, explained: () => folded };
  };
}

/** Visits counted by attraction; those without factors are passed over. */
function historyOf({ itemOf, model }: Generation, visits: readonly string[]): History {
  const counts = new Map<number, number>();
  for (const id of visits) {
    const item = itemOf.get(id);
    if (item !== undefined && item < model.attractionIds.length) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return { items: Uint32Array.from(counts.keys()), weights: Float32Array.from(counts.values()) };
}

/** The visit that speaks most for an item. Of a known user each attraction counts once, since a model does not keep how often. */
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
