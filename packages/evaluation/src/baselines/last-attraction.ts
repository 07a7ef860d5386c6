import type { Contender } from '../judge/contender.js';
import { firstVisitsOf, visitorsOf } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';

/** Prior: this many steps are assumed from every attraction, distributed as popularity is. */
const smoothing = 10;

/**
 * A first-order Markov chain on the new attractions of a visitor in a park, times popularity: where people go from the one that was new
 * last. A visit to a known attraction is not a step.
 */
export const lastAttraction: Contender = {
  name: 'last attraction',
  description: 'The share of visitors who went on there from the attraction that was new last, times the share of all.',
  learn(training) {
    const n = training.names.attractionIds.length;
    const { steps, lastNew } = stepsOf(training);
    const visitors = visitorsOf(training);
    const total = visitors.reduce((sum, count) => sum + count, 0) || 1;
    const share = Float64Array.from(visitors, (count) => count / total);
    return ({ user, park }) => {
      const from = lastNew(user, park);
      if (from === undefined) return share;
      const row = steps.subarray(from * n, (from + 1) * n);
      const seen = row.reduce((sum, count) => sum + count, 0);
      return share.map((popular, to) => (popular * ((row[to] as number) + smoothing * popular)) / (seen + smoothing));
    };
  },
};

/** Steps from one new attraction to the next in the same park, row-major, and where each visitor's last one led in each park. */
function stepsOf(training: VisitLog) {
  const { users, attractions, names } = training;
  const n = names.attractionIds.length;
  const steps = new Float64Array(n * n);
  const last = new Map<number, number>();
  const keyOf = (user: number, park: number): number => user * names.parks.length + park;
  for (const visit of firstVisitsOf(training)) {
    const to = attractions[visit] as number;
    const key = keyOf(users[visit] as number, names.parkOf[to] as number);
    const from = last.get(key);
    if (from !== undefined) (steps[from * n + to] as number) += 1;
    last.set(key, to);
  }
  return { steps, lastNew: (user: number, park: number) => last.get(keyOf(user, park)) };
}
