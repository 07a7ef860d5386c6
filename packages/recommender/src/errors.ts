/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or configuration, 3 the data or
 * the model was refused); for errors that clients see, also the HTTP status. A test compares the table in the README with this one.
 */
export const RECOMMENDER_ERRORS = {
  RECOMMENDER_REQUEST_INVALID: {
    when: 'A request has a limit that is not a whole number from 1 to 100, or a time that cannot be read.',
    exitCode: 2,
    status: 400,
  },
  RECOMMENDER_UNKNOWN_PARK: {
    when: 'A request names a park that has no attractions; the message names those that have.',
    exitCode: 2,
    status: 400,
  },
  RECOMMENDER_UNKNOWN_THEME: {
    when: 'A request names a theme that no attraction has; the message names those that exist.',
    exitCode: 2,
    status: 400,
  },
  RECOMMENDER_UNKNOWN_ATTRACTION: {
    when: 'A request is about an attraction that the generation does not have.',
    exitCode: 2,
    status: 404,
  },
  RECOMMENDER_EXPERIMENT_INVALID: {
    when: 'A panel of an experiment names a recommender that is unknown, or has no model or lists.',
    exitCode: 3,
  },
  RECOMMENDER_NAME_TAKEN: {
    when: 'A recommender of your own has the name of a kind of model that is on, or `mapping`.',
    exitCode: 2,
  },
  RECOMMENDER_RULE_FAILED: {
    when: 'A rule threw an error, or returned a boost that is not a number above 0; the message names the rule.',
    exitCode: 1,
  },
  RECOMMENDER_TIME_ZONES_INVALID: {
    when: 'The time zones of the parks cannot be read.',
    exitCode: 2,
  },
} as const satisfies Record<string, { when: string; exitCode: 1 | 2 | 3; status?: number }>;

/** A stable code of this package, safe to test for. */
export type RecommenderErrorCode = keyof typeof RECOMMENDER_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class RecommenderError extends Error {
  override readonly name = 'RecommenderError';
  readonly code: RecommenderErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: RecommenderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = RECOMMENDER_ERRORS[code].exitCode;
  }
}
