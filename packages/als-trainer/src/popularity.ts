import type { Popularity, VisitsTable } from '@attractions/feeds';

import type { AttractionsRecommenderTrainer } from './trainer.js';
import { orient } from './csr.js';
import { indexVisits } from './visits.js';

/** Counts the visits and the distinct visitors of each attraction: the baseline that every model has to beat. */
export class PopularityTrainer implements AttractionsRecommenderTrainer<Popularity[]> {
  readonly name = 'popularity';

  /** Most visitors first; equal ones by visits, then by id. No visits, no rows. */
  train(visits: VisitsTable): Promise<Popularity[]> {
    const { attractionIds, interactions } = indexVisits(visits);
    const { offsets, weights } = orient(interactions, false).byItem;
    const rows = attractionIds.map((attractionId, row) => {
      const of = weights.subarray(offsets[row], offsets[row + 1]);
      return { attractionId, visits: of.reduce((sum, count) => sum + count, 0), visitors: of.length };
    });
    // Attractions come sorted by id, and the sort is stable.
    return Promise.resolve(rows.sort((a, b) => b.visitors - a.visitors || b.visits - a.visits));
  }
}
