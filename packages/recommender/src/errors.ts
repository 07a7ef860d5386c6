/**
 * Every way this package fails: a stable code, and when it is thrown in one sentence.
 * The README's table is held to this one by a test.
 */
export const RECOMMENDER_ERRORS = {
  RECOMMENDER_REQUEST_INVALID:
    'A request has a limit that is not a whole number from 1 to 100, or a time that is none.',
  RECOMMENDER_UNKNOWN_PARK: 'A request names a park that has no attractions; the message names those that have.',
  RECOMMENDER_UNKNOWN_THEME: 'A request names a theme that no attraction has; the message names those that exist.',
  RECOMMENDER_UNKNOWN_ATTRACTION: 'A request is about an attraction that the generation does not have.',
  RECOMMENDER_GENERATION_INVALID: 'A model and its attractions do not fit together, or the model is damaged.',
  RECOMMENDER_LINEAGE_BROKEN: 'A model does not name the visits and attractions it comes from, or they have changed.',
  RECOMMENDER_EXPERIMENT_INVALID:
    'An experiment cannot be run: its text is wrong, or a panel asks for what is not there.',
  RECOMMENDER_NO_MODEL: 'The feeds hold no model yet.',
  RECOMMENDER_SMOKE_FAILED: 'A model answered one of the fixed requests wrongly that it is asked before it is served.',
  RECOMMENDER_NO_GENERATION_BEFORE: 'A rollback was asked for, but there is no model before; answered with status 409.',
  RECOMMENDER_UNAUTHORIZED: 'A request lacks the token or the key it needs; answered with status 401.',
  RECOMMENDER_FORBIDDEN: 'The key of a request does not have the scope that its route needs; answered with status 403.',
  RECOMMENDER_TOO_MANY_REQUESTS: 'One asker sends more requests than the rate limit allows; answered with status 429.',
  RECOMMENDER_OVERLOADED: 'The service has more to do than it can; answered with status 503 and Retry-After.',
  RECOMMENDER_CLOSING: 'The service is about to end; answered with status 503.',
  RECOMMENDER_NO_SUCH_PATH: 'A request to the service leads nowhere; answered with status 404.',
  RECOMMENDER_METHOD_NOT_ALLOWED: 'A path of the service does not take this method; answered with status 405.',
  RECOMMENDER_FAILED: 'The service met a defect while answering; answered with status 500, the cause is in its log.',
  RECOMMENDER_SPOOL_UNUSABLE: 'The folder in which lists shown are recorded cannot be made or written to.',
  RECOMMENDER_TRACING_MODULE_MISSING: 'OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed.',
  RECOMMENDER_SETTING_INVALID: 'A setting of the service holds a value that it cannot use.',
  RECOMMENDER_ADDRESS_IN_USE: 'Another process listens on the host and port of the service.',
  RECOMMENDER_CANNOT_LISTEN: 'The operating system refuses the host or the port of the service.',
} as const;

/** A stable code of this package, safe to test for. */
export type RecommenderErrorCode = keyof typeof RECOMMENDER_ERRORS;

/** What a command line exits with: 2 is wrong usage or configuration, 3 a refused model or experiment, 1 anything else. */
export const RECOMMENDER_EXIT_CODES: Readonly<Record<RecommenderErrorCode, 1 | 2 | 3>> = {
  RECOMMENDER_REQUEST_INVALID: 2,
  RECOMMENDER_UNKNOWN_PARK: 2,
  RECOMMENDER_UNKNOWN_THEME: 2,
  RECOMMENDER_UNKNOWN_ATTRACTION: 2,
  RECOMMENDER_GENERATION_INVALID: 3,
  RECOMMENDER_LINEAGE_BROKEN: 3,
  RECOMMENDER_EXPERIMENT_INVALID: 3,
  RECOMMENDER_NO_MODEL: 1,
  RECOMMENDER_SMOKE_FAILED: 3,
  RECOMMENDER_NO_GENERATION_BEFORE: 1,
  RECOMMENDER_UNAUTHORIZED: 1,
  RECOMMENDER_FORBIDDEN: 1,
  RECOMMENDER_TOO_MANY_REQUESTS: 1,
  RECOMMENDER_OVERLOADED: 1,
  RECOMMENDER_CLOSING: 1,
  RECOMMENDER_NO_SUCH_PATH: 1,
  RECOMMENDER_METHOD_NOT_ALLOWED: 1,
  RECOMMENDER_FAILED: 1,
  RECOMMENDER_SPOOL_UNUSABLE: 2,
  RECOMMENDER_TRACING_MODULE_MISSING: 2,
  RECOMMENDER_SETTING_INVALID: 2,
  RECOMMENDER_ADDRESS_IN_USE: 1,
  RECOMMENDER_CANNOT_LISTEN: 1,
};

/** The one error this package throws. The message is a sentence with the offending value and the mend. */
export class RecommenderError extends Error {
  override readonly name = 'RecommenderError';
  readonly code: RecommenderErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: RecommenderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = RECOMMENDER_EXIT_CODES[code];
  }
}
