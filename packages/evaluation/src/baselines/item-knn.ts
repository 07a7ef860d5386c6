import type { Contender } from '../judge/contender.js';
import { visitsByUser } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';

/**
 * Item-based collaborative filtering (Sarwar et al. 2001) with all items as neighbours: the score of an attraction is the sum of its cosine with
 * each visited one, over who was at either, however often.
 */
export const itemKnn: Contender = {
  name: 'item kNN',
  description: 'Attractions that the visitors of the same attractions went to: cosine of visitors, summed.',
  learn(training) {
    const cosine = cosines(training);
    const n = training.names.attractionIds.length;
    return ({ visited }) => {
      const scores = new Float64Array(n);
      for (const item of visited)
        for (let other = 0; other < n; other++) (scores[other] as number) += cosine[item * n + other] as number;
      return scores;
    };
  },
};

/** Row-major; 0 on the diagonal and where nobody was at either. */
function cosines(training: VisitLog): Float64Array {
  const n = training.names.attractionIds.length;
  const together = new Float64Array(n * n);
  for (const visits of visitsByUser(training)) {
    const items = [...new Set(visits.map((visit) => training.attractions[visit] as number))];
    for (const a of items) for (const b of items) (together[a * n + b] as number) += 1;
  }
  return together.map((count, cell) => {
    const [a, b] = [Math.floor(cell / n), cell % n];
    if (a === b || count === 0) return 0;
    return count / Math.sqrt((together[a * n + a] as number) * (together[b * n + b] as number));
  });
}
