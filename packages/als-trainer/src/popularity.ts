import type { Popularity, VisitsTable } from '@attractions/contracts';

import type { AttractionsRecommenderTrainer } from './trainer.js';
import { orient } from './csr.js';
import { indexVisits } from './visits.js';
import { weightAt } from './weights.js';

/** Counts the visits and the distinct visitors of each attraction: the baseline that every model has to beat. */
export class PopularityTrainer implements AttractionsRecommenderTrainer<Popularity[]> {
  readonly name = 'popularity';

  /** Most visitors first; equal ones by visits, then by id. No visits, no rows. */
  train(visits: VisitsTable): Promise<Popularity[]> {
    const { attractionIds, interactions } = indexVisits(visits);
    const { offsets, weights } = orient(interactions, false).byItem;
    const rows = attractionIds.map((attractionId, row) => {
      const [begin, end] = [offsets[row] as number, offsets[row + 1] as number];
      let visits = 0;
      for (let k = begin; k < end; k++) visits += weightAt(weights, k);
      return { attractionId, visits, visitors: end - begin };
    });
    // Attractions come sorted by id, and the sort is stable.
    return Promise.resolve(rows.sort((a, b) => b.visitors - a.visitors || b.visits - a.visits));
  }
}
