import { NextAttractionTrainer } from '@attractions/als-trainer';
import { visitsTableOf } from '@attractions/evaluation';
import type { Contender, LogNames, Request } from '@attractions/evaluation';
import { scoreNext } from '@attractions/feeds';
import type { Attraction } from '@attractions/feeds';

/**
 * The model of the next attraction, replayed: for each request with the tables of its day, counted from the visits before it. The score is the
 * probability that the attraction is the next new one of those in the park; 0 in other parks.
 */
export function nextAttractionContender(attractions: readonly Attraction[]): Contender {
  return {
    name: 'next attraction',
    description:
      'What is popular, popular of late and at this hour, and what is near and often next to where the visitor was last.',
    async learn(training) {
      const parks = new NextAttractionTrainer(attractions).learn(await visitsTableOf(training));
      const { names } = training;
      const learnt = names.parks.map((name) => parks.find(({ visits }) => visits.park === name));
      const itemOf = new Map(names.attractionIds.map((id, item) => [id, item]));
      return (request) => {
        const scores = new Float64Array(names.attractionIds.length);
        const tables = learnt[request.park]?.tablesAt(request.time);
        if (tables === undefined) return scores;
        const terms = scoreNext(tables, {
          time: request.time,
          last: lastOf(request, names),
          visited: Array.from(request.visited, (item) => names.attractionIds[item] as string),
        });
        tables.attractionIds.forEach((id, k) => (scores[itemOf.get(id) as number] = Math.exp(terms[k] as number)));
        for (const item of request.visited) scores[item] = 0;
        const total = scores.reduce((sum, score) => sum + score, 0);
        return scores.map((score) => score / (total || 1));
      };
    },
  };
}

/** The last visit of a request by the attraction's id. */
export function lastOf({ last }: Request, { attractionIds }: LogNames) {
  return last && { attractionId: attractionIds[last.attraction] as string, visitedAt: last.visitedAt };
}
