import type { GenerationSeqs, RecommendationRequest, Visited } from '@attractions/contracts';
import type { PanelOf } from '@attractions/experiments';

/**
 * Anything that recommends. Synchronous: an answer is a few microseconds of arithmetic on what is already in memory.
 * What holds for every answer, from every recommender: at most `limit` entries, no attraction twice, every filter kept, scores finite and
 * not rising within one source, nor within one source of the park where one was assumed.
 */
export interface Recommender {
  /**
   * @throws RecommenderError RECOMMENDER_REQUEST_INVALID, RECOMMENDER_UNKNOWN_PARK, RECOMMENDER_UNKNOWN_THEME. Never for an unknown
   * user or attraction: an unknown user is answered as an anonymous one, unknown ids in lists are passed over.
   */
  recommend(request: RecommendationRequest): Recommendations;
}

/**
 * Which path found an attraction: one of the `sources` of a kind of model, such as `next-attraction`, `als`, `fold-in` or `popular`; or `mapping`, a list
 * written for the user.
 */
export type Source = string;

/** One entry of a list. */
export interface Recommendation {
  readonly attractionId: string;
  readonly name: string;
  /** On the scale of its `source`: probability of being the next, predicted preference (about 0 to 1), `1 / place` of a mapped list, distinct visitors. */
  readonly score: number;
  readonly source: Source;
  /** A sentence for people; only where the request says `explain`. */
  readonly reason?: string;
}

/** An answer. */
export interface Recommendations {
  /** Best first within each source. Empty only where no attraction passes the filters, or where a lone recommender is not able. */
  readonly recommendations: readonly Recommendation[];
  /** Who gave the first entry; of an empty list, who was asked last. Later entries may be topped up: see each entry's own. */
  readonly source: Source;
  readonly panel?: PanelOf;
  readonly generation: GenerationSeqs;
  /** Only where the request left something open. Sent back as the request, it gets the same list. */
  readonly assumed?: Assumed;
}

/** What was taken for granted because the request did not say it. */
export interface Assumed {
  /** Where it gave no time: now, on the clock of the park, in RFC 3339 without an offset. */
  readonly at?: string;
  /** IANA name of that clock's time zone; beside `at`. */
  readonly timeZone?: string;
  /** Where it gave no park: that of the last visit, whose attractions come first, or null: all parks alike. */
  readonly park?: string | null;
  /** Why that park: there was a visit in the 8 hours before, or there was none; beside `park`. */
  readonly parkFrom?: 'last-visit' | 'no-recent-visit';
}

export type { RecommendationRequest } from '@attractions/contracts';

/** Default of `limit`. */
export const DEFAULT_LIMIT = 10;

/** Upper end of `limit`. */
export const MAX_LIMIT = 100;

/** Where a visit was. */
export const attractionIdOf = (visit: Visited): string => (typeof visit === 'string' ? visit : visit.attractionId);

/**
 * A visit in one text: an attraction id, or `id@TIME`. Ids may hold an `@`: what follows the last one is a time where it begins with a date, and part of the
 * id where it does not.
 */
export function visitOf(text: string): Visited {
  const [, attractionId, visitedAt] = /^(.+)@(\d{4}-\d\d-\d\d[^@]*)$/s.exec(text) ?? [];
  return attractionId === undefined || visitedAt === undefined ? text : { attractionId, visitedAt };
}

/**
 * Lists for many users, one after the other and only as fast as they are taken: for a nightly file, an e-mail, an evaluation. Pass
 * `generation.model.userIds` for everybody the model knows. The filters of the request hold for each.
 */
export function* recommendEach(
  recommender: Recommender,
  userIds: Iterable<string>,
  request: Omit<RecommendationRequest, 'userId'> = {},
): Generator<readonly [userId: string, answer: Recommendations]> {
  for (const userId of userIds) yield [userId, recommender.recommend({ ...request, userId })];
}
