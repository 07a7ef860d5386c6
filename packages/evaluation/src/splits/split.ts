import type { Protocol, RecommendationRequest } from '@attractions/contracts';
import type { VisitLog, LogNames } from '../visit-log.js';

/** A request of a visitor as a recommender may see it: nothing in it is later than `time`. */
export interface Request {
  /** Number of the user in the log. */
  readonly user: number;
  /** The park the visitor is in; only its attractions are candidates. */
  readonly park: number;
  /** When the visitor asks: the time of the visit that is to be predicted, in milliseconds since 1970. */
  readonly time: number;
  /** The attractions of the park that the visitor has been to, ascending. */
  readonly visited: Uint32Array;
  /** The latest visit in the park before `time`; absent where there was none. */
  readonly last?: { readonly attraction: number; readonly visitedAt: number };
}

/** Visits to learn from, and requests with the answers that were held out. */
export interface Split {
  /** How it was made, for the report. */
  readonly protocol: Protocol;
  readonly training: VisitLog;
  /** In order of time. */
  readonly requests: readonly Request[];
  /** The attractions that each request should find, ascending. */
  readonly answers: readonly Uint32Array[];
}

/**
 * A request of a split as a client of any recommender would send it: user, park, time, and the visits in the park so far, the latest one with its time.
 */
export function recommendationRequestOf(
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
