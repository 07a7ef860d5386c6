import type { GenerationSeqs } from '../generation/generation.js';
import type { Visited } from './visited.js';

/**
 * Anything that recommends. Synchronous: an answer is a few microseconds of arithmetic on what is already in memory.
 * What holds for every answer, whoever made it: at most `limit` entries, no attraction twice, every filter kept, scores finite and
 * not rising within one source.
 */
export interface Recommender {
  /**
   * @throws RecommenderError RECOMMENDER_REQUEST_INVALID, RECOMMENDER_UNKNOWN_PARK, RECOMMENDER_UNKNOWN_THEME. Never for an unknown
   * user or attraction: an unknown user is answered as an anonymous one, unknown ids in lists are passed over.
   */
  recommend(request: RecommendationRequest): Recommendations;
}

/** Who asks, and for what. `{}` is a valid request: an anonymous visitor, all parks. */
export interface RecommendationRequest {
  readonly userId?: string | undefined;
  /**
   * Where this visitor went, repeats counted: attraction ids, with the time where it is known. They are a stranger's whole profile, and hidden
   * from everybody's list.
   */
  readonly visits?: readonly Visited[] | undefined;
  /**
   * When the visitor asks: milliseconds since 1970, on the clock of the visits that the model learnt from. With it, the hour counts, and
   * so does the place of the last timed visit. Absent: neither does.
   */
  readonly at?: number | undefined;
  /** Only attractions of this park. Default: all parks. */
  readonly park?: string | undefined;
  /** Longest list, a whole number from 1 to 100. Default 10. */
  readonly limit?: number | undefined;
  /** Only attractions with at least one of these themes. Default, and where the list is empty: any theme. */
  readonly themes?: readonly string[] | undefined;
  /** Only these attractions. An empty list allows nothing; absent: all. */
  readonly allow?: readonly string[] | undefined;
  /** Never these attractions; stronger than `allow`. */
  readonly deny?: readonly string[] | undefined;
  /** Whether attractions already visited, in the model's data or in `visits`, may come again. Default false. */
  readonly includeVisited?: boolean | undefined;
  /** Whether each entry carries a `reason`. Default false, since a reason can cost more than the list. */
  readonly explain?: boolean | undefined;
}

/**
 * Which path found an attraction: what visitors of the park go to next, the user's own factors, factors folded in from the visits of the
 * request, a list written for the user, or the number of visitors.
 */
export type Source = 'next-attraction' | 'als' | 'fold-in' | 'mapping' | 'popular';

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

/** The panel of an experiment that a user fell into; only while one runs and the user takes part. */
export interface PanelOf {
  readonly experiment: string;
  readonly version: number;
  readonly panel: string;
  /** 0 to 9999, by the experiment's salt. */
  readonly bucket: number;
}

/** An answer. */
export interface Recommendations {
  /** Best first within each source. Empty only where no attraction passes the filters, or where a lone recommender is not able. */
  readonly recommendations: readonly Recommendation[];
  /** Who gave the first entry; of an empty list, who was asked last. Later entries may be topped up: see each entry's own. */
  readonly source: Source;
  readonly panel?: PanelOf;
  readonly generation: GenerationSeqs;
}

/** Default of `limit`. */
export const DEFAULT_LIMIT = 10;

/** Upper end of `limit`. */
export const MAX_LIMIT = 100;
