import { firstPassing } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { candidates, entryOf, itemsOf } from './candidates.js';
import type { Recommender } from './recommender.js';

/** A static list for each user: attraction ids, best first. */
export type Mapping = ReadonlyMap<string, readonly string[]>;

/**
 * Recommends lists that an editor or another program has written. Returns an empty list for a user without one. Written lists outlive generations: ids that
 * this generation does not know, and repeats, are skipped. The score is `1 / place`, counted before the filters, so filters do not change scores.
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
