import type { Contender } from '../judge/contender.js';
import { visitorsOf, visitsByUser } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';

/** Steps that every attraction is taken to have seen already, spread as popularity is. */
const smoothing = 10;

/** A first-order Markov chain on the attractions of a park, times popularity: where people go from where the visitor was last. */
export const lastAttraction: Contender = {
  name: 'last attraction',
  description:
    'The share of visitors who went there from the attraction visited last, times the share of all visitors.',
  learn(training) {
    const n = training.names.attractionIds.length;
    const steps = stepsOf(training);
    const visitors = visitorsOf(training);
    const total = visitors.reduce((sum, count) => sum + count, 0) || 1;
    const share = Float64Array.from(visitors, (count) => count / total);
    return ({ last }) => {
      if (last === undefined) return share;
      const row = steps.subarray(last.attraction * n, (last.attraction + 1) * n);
      const seen = row.reduce((sum, count) => sum + count, 0);
      return share.map((popular, to) => (popular * ((row[to] as number) + smoothing * popular)) / (seen + smoothing));
    };
  },
};

/** Steps from one attraction to another of the same park, row-major. */
function stepsOf(training: VisitLog): Float64Array {
  const { attractions, names } = training;
  const n = names.attractionIds.length;
  const steps = new Float64Array(n * n);
  for (const visits of visitsByUser(training)) {
    const lastIn = new Map<number, number>();
    for (const visit of visits) {
      const to = attractions[visit] as number;
      const park = names.parkOf[to] as number;
      const from = lastIn.get(park);
      if (from !== undefined && from !== to) (steps[from * n + to] as number) += 1;
      lastIn.set(park, to);
    }
  }
  return steps;
}
