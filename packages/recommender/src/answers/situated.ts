import type { RecommendationRequest, Visited } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import { withFallback } from './fallback.js';
import { clockText } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import type { Assumed, Recommender } from './recommender.js';
import { ruleBook } from './rules.js';
import type { Rule } from './rules.js';
import { lastVisitIn } from './visitor.js';

/**
 * Says when and where a request is asked before `inner` sees it: every time is put on the park's clock, as a number; `at` is now where the request gives none;
 * and a visitor who gives no park is answered in that of the last visit of the past 8 hours, topped up from all parks. What was assumed is in the answer.
 * Rules hold for the whole list, since they are asked here.
 */
export function situated(
  generation: Generation,
  inner: Recommender,
  clocks: ParkClocks,
  rules: readonly Rule[] = [],
): Recommender {
  const underRules = ruleBook(generation, rules);
  const lastVisit = lastVisitIn(generation, clocks);

  /** Visits with their times on the clocks of their parks. */
  const onClocks = (visits: readonly Visited[] | undefined): readonly Visited[] | undefined =>
    visits?.map((visit) => {
      if (typeof visit === 'string') return visit;
      const park = generation.attractions[generation.itemOf.get(visit.attractionId) ?? -1]?.park;
      return { attractionId: visit.attractionId, visitedAt: clocks.at(visit.visitedAt)(park) };
    });

  return {
    recommend(request) {
      const visits = onClocks(request.visits);
      const last = request.park === undefined ? lastVisit({ ...request, visits }) : undefined;
      const park = request.park ?? last?.park;
      const at = clocks.at(request.at)(park);
      const asked = { ...request, visits, at };
      const answer = underRules(last === undefined ? inner : firstIn(last.park, inner), asked, last?.park);
      if (request.at !== undefined && request.park !== undefined) return answer;
      const when: Assumed = request.at === undefined ? { at: clockText(at), timeZone: clocks.zoneOf(park) } : {};
      if (request.park !== undefined) return { ...answer, assumed: when };
      const where =
        last === undefined
          ? ({ park: null, parkFrom: 'no-recent-visit' } as const)
          : ({ park: last.park, parkFrom: 'last-visit' } as const);
      return { ...answer, assumed: { ...when, ...where } };
    },
  };
}

/** Answers in a park, topped up from all parks. */
function firstIn(park: string, inner: Recommender): Recommender {
  return withFallback({ recommend: (request: RecommendationRequest) => inner.recommend({ ...request, park }) }, inner);
}
