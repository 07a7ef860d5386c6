import type { GenerationSeqs, RecommendationRequest, Visited } from '@attractions/contracts';
import type { PanelOf } from '@attractions/experiments';

/**
 * Anything that recommends. Synchronous, because an answer takes a few microseconds of arithmetic on data in memory. Every answer of every recommender has at
 * most `limit` entries and no attraction twice, and respects every filter. Its scores are finite and do not rise within one source; where a park was assumed,
 * its attractions come first, and scores do not rise within one source of either part.
 */
export interface Recommender {
  /**
   * @throws RecommenderError RECOMMENDER_REQUEST_INVALID, RECOMMENDER_UNKNOWN_PARK, RECOMMENDER_UNKNOWN_THEME. Never for an unknown user or attraction: an
   * unknown user gets the answer of an anonymous one, and unknown ids in lists are skipped.
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
  /**
   * On the scale of its `source`: the probability that it is next, a predicted preference (about 0 to 1), `1 / place` in a written list, or a number of
   * visitors.
   */
  readonly score: number;
  readonly source: Source;
  /** A sentence for people; only where the request says `explain`. */
  readonly reason?: string;
  /** Of a list that two panels gave together: the panel of this entry. */
  readonly team?: string;
}

/** An answer. */
export interface Recommendations {
  /**
   * Best first within each source. Empty only where no attraction passes the filters, or where a recommender that stands alone has nothing for this visitor.
   */
  readonly recommendations: readonly Recommendation[];
  /** The source of the first entry; for an empty list, that of the last recommender tried. Later entries may have other sources. */
  readonly source: Source;
  readonly panel?: PanelOf;
  readonly generation: GenerationSeqs;
  /** Present where the request left the time or the park open. A request with these values gets the same list. */
  readonly assumed?: Assumed;
}

/** What the answer assumed because the request did not say it. */
export interface Assumed {
  /** Present where the request has no time: now, on the clock of the park, in RFC 3339 without an offset. */
  readonly at?: string;
  /** IANA name of the time zone of that clock; present with `at`. */
  readonly timeZone?: string;
  /** Present where the request has no park: the park of the last visit, whose attractions come first; null: all parks alike. */
  readonly park?: string | null;
  /** Why that park: the last visit within 8 hours was there, or there was no such visit; present with `park`. */
  readonly parkFrom?: 'last-visit' | 'no-recent-visit';
}

export type { RecommendationRequest } from '@attractions/contracts';

/** Default of `limit`. */
export const DEFAULT_LIMIT = 10;

/** Largest `limit`. */
export const MAX_LIMIT = 100;

/** The attraction of a visit. */
export const attractionIdOf = (visit: Visited): string => (typeof visit === 'string' ? visit : visit.attractionId);

/**
 * Reads a visit from one text: an attraction id, or `id@TIME`. Ids may contain `@`: the text after the last one is a time if it begins with a date, else a
 * part of the id.
 */
export function visitOf(text: string): Visited {
  const [, attractionId, visitedAt] = /^(.+)@(\d{4}-\d\d-\d\d[^@]*)$/s.exec(text) ?? [];
  return attractionId === undefined || visitedAt === undefined ? text : { attractionId, visitedAt };
}

/**
 * Makes lists for many users lazily, one at a time: for a nightly file, an e-mail, an evaluation. `generation.model.userIds` are all users that the model
 * knows. The filters of the request apply to each list.
 */
export function* recommendEach(
  recommender: Recommender,
  userIds: Iterable<string>,
  request: Omit<RecommendationRequest, 'userId'> = {},
): Generator<readonly [userId: string, answer: Recommendations]> {
  for (const userId of userIds) yield [userId, recommender.recommend({ ...request, userId })];
}
