import { firstPassing } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { candidates, entryOf, itemsOf } from './candidates.js';
import type { Recommender } from './recommender.js';

/** A static list for each user: attraction ids, best first. */
export type Mapping = ReadonlyMap<string, readonly string[]>;

/**
 * Lists that somebody wrote, such as an editor or another program. Not able, so empty, for a user without a list. Lists outlive
 * generations: ids that this one does not know are passed over, as are repeats. The score is `1 / place`, counted before the
 * filters, so an entry keeps its score whatever is hidden.
 */
export function mappingRecommender(generation: Generation, mapping: Mapping): Recommender {
  return {
    recommend(request) {
      const wanted = candidates(generation, request);
      const written = request.userId === undefined ? undefined : mapping.get(request.userId);
      const order = [...itemsOf(generation, written ?? [])];
      const reason = request.explain === true ? 'chosen for you' : undefined;
      return {
        recommendations: firstPassing(order, wanted.passes, wanted.limit).map((item) =>
          entryOf(generation, item, 1 / (order.indexOf(item) + 1), 'mapping', reason),
        ),
        source: 'mapping',
        generation: generation.seqs,
      };
    },
  };
}
