import type { RecommendationRequest } from '@attractions/contracts';

import type { LogNames } from '../visit-log.js';
import type { Request } from './split.js';

/**
 * A request of a split as a visitor would make it of any recommender: who, where, when, and the visits in the park so far, the latest with its time.
 */
export function askedIn(
  { user, park, time, visited, last }: Request,
  { userIds, parks, attractionIds }: LogNames,
  limit: number,
): RecommendationRequest & { readonly userId: string; readonly park: string; readonly at: number } {
  const before = Array.from(visited).filter((item) => item !== last?.attraction);
  return {
    userId: userIds[user] as string,
    park: parks[park] as string,
    at: time,
    visits: [
      ...before.map((item) => attractionIds[item] as string),
      ...(last === undefined
        ? []
        : [{ attractionId: attractionIds[last.attraction] as string, visitedAt: last.visitedAt }]),
    ],
    limit,
  };
}
