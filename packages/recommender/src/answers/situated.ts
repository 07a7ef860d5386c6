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
 * Completes a request before `inner` sees it. Every time becomes a number on the clock of the park; `at` is now if the request has none. Without a park,
 * attractions of the park of the last visit within 8 hours come first, topped up from all parks. The answer says what was assumed. Rules are applied here, so
 * they hold for the whole list.
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
      // The park that was asked for: what targets see is the same in both parts of a list.
      const attributes =
        request.park === undefined ? request.attributes : { ...request.attributes, park: request.park };
      const asked = { ...request, visits, at, attributes };
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

/** Recommends in one park, topped up from all parks. */
function firstIn(park: string, inner: Recommender): Recommender {
  return withFallback({ recommend: (request: RecommendationRequest) => inner.recommend({ ...request, park }) }, inner);
}
