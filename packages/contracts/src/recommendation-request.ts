/**
 * Who asks for recommendations, when, where, and for what: the one request of the library, HTTP, the command line, the gate and the evaluation.
 * `{}` is a valid request: an anonymous visitor, now.
 */
export interface RecommendationRequest {
  readonly userId?: string | undefined;
  /**
   * Where this visitor went, repeats counted: attraction ids, with the time where it is known. They are added to what is known of the user, and
   * hidden from the list in the same way.
   */
  readonly visits?: readonly Visited[] | undefined;
  /** When the visitor asks. Default: now, on the clock of the park that the answer is about. */
  readonly at?: RequestTime | undefined;
  /** Only attractions of this park. Default: first the park of a visit in the 8 hours before `at`, then all parks; the answer says what was assumed. */
  readonly park?: string | undefined;
  /** Longest list, a whole number from 1 to 100. Default 10. */
  readonly limit?: number | undefined;
  /** Only attractions with at least one of these themes. Default, and where the list is empty: any theme. */
  readonly themes?: readonly string[] | undefined;
  /** Only these attractions. An empty list allows nothing; absent: all. */
  readonly allow?: readonly string[] | undefined;
  /** Never these attractions; stronger than `allow`. */
  readonly exclude?: readonly string[] | undefined;
  /** Whether attractions already visited, in the model's data or in `visits`, may come again. Default false. */
  readonly includeVisited?: boolean | undefined;
  /** Whether each entry carries a `reason`. Default false, since a reason can cost more than the list. */
  readonly explain?: boolean | undefined;
  /** What else is known of the request, such as `{ platform: 'ios' }`: experiments may be for some requests only. Changes no list by itself. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/**
 * A time on a park's clock, which is the clock of the visits in the feed. A number is milliseconds since 1970 on that clock. A text is RFC 3339:
 * without an offset it is what the park's clock showed (`2014-08-05T14:30`), with one it is converted by the park's time zone
 * (`2014-08-05T12:30:00Z`).
 */
export type RequestTime = number | string;

/** A visit of a request: an attraction id, or one with its time. */
export type Visited = string | TimedVisit;

/** A visit whose time is known. */
export interface TimedVisit {
  readonly attractionId: string;
  readonly visitedAt: RequestTime;
}
