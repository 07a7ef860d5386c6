import type { Contender } from '../judge/contender.js';

const days = 365;

/** The sign at the entrance, painted anew for each request: distinct visitors in the year before it, and nobody who came later. */
export const latelyPopular: Contender = {
  name: 'popular lately',
  description: `Most visitors in the ${days} days before the request first.`,
  learn({ users, attractions, times, names }) {
    const n = names.attractionIds.length;
    return ({ time }) => {
      const counted = new Set<number>();
      const visitors = new Float64Array(n);
      const from = times.findIndex((visitedAt) => visitedAt >= time - days * 86_400_000);
      for (let visit = Math.max(0, from); visit < times.length && (times[visit] as number) < time; visit++) {
        const pair = (users[visit] as number) * n + (attractions[visit] as number);
        if (counted.has(pair)) continue;
        counted.add(pair);
        (visitors[attractions[visit] as number] as number) += 1;
      }
      return visitors;
    };
  },
};
