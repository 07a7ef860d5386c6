import type { Contender } from '../judge/contender.js';
import { firstVisitsOf } from '../visit-log.js';

const days = 365;

/** The most popular attractions at the time of the request: counts the visitors who went there for the first time in the year before it, and none who came later. */
export const latelyPopular: Contender = {
  name: 'popular lately',
  description: `Most new visitors in the ${days} days before the request first.`,
  learn(training) {
    const { attractions, times, names } = training;
    const firsts = firstVisitsOf(training);
    return ({ time }) => {
      const visitors = new Float64Array(names.attractionIds.length);
      for (const visit of firsts) {
        const visitedAt = times[visit] as number;
        if (visitedAt >= time) break;
        if (visitedAt >= time - days * 86_400_000) (visitors[attractions[visit] as number] as number) += 1;
      }
      return visitors;
    };
  },
};
