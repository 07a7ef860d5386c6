import type { RecommendationRequest, RequestTime } from '@attractions/contracts';
import { lastVisitOf } from '@attractions/models';
import type { Generation, LastVisit } from '@attractions/models';
import type { ParkClocks } from './park-clocks.js';

/** Somebody whose last visit was at most so long ago is taken to be in its park still. */
const STAY_MS = 8 * 3_600_000;

/** Where somebody was last, not long ago. */
export interface LastVisitInPark extends LastVisit {
  readonly park: string;
}

/**
 * Prepares to find where a visitor was last: the latest visit in the 8 hours before the request, of those that it names with a time and of what is known
 * of the user. Visits after the request are passed over, as are attractions that the generation does not know; of equal times the last in the list counts.
 *
 * @returns the visit, in the park given or else in any; undefined where there is none
 * @throws RecommenderError RECOMMENDER_REQUEST_INVALID at each call for a time that is none
 */
export function lastVisitIn(
  generation: Generation,
  clocks: ParkClocks,
): (request: RecommendationRequest, park?: string) => LastVisitInPark | undefined {
  const { itemOf, attractions } = generation;
  return ({ userId, at, visits = [] }, park) => {
    const asked = clocks.at(at);
    let last: LastVisitInPark | undefined;
    let agoMs = STAY_MS;
    const consider = (item: number | undefined, time: RequestTime): void => {
      const attraction = item === undefined ? undefined : attractions[item];
      if (item === undefined || attraction === undefined || (park !== undefined && attraction.park !== park)) return;
      const visitedAt = clocks.at(time)(attraction.park);
      const ago = asked(attraction.park) - visitedAt;
      if (ago < 0 || ago > agoMs) return;
      [last, agoMs] = [{ item, park: attraction.park, visitedAt }, ago];
    };
    const known = userId === undefined ? undefined : lastVisitOf(generation, userId);
    if (known !== undefined) consider(known.item, known.visitedAt);
    for (const visit of visits)
      if (typeof visit !== 'string') consider(itemOf.get(visit.attractionId), visit.visitedAt);
    return last;
  };
}
