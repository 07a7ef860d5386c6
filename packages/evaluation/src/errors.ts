/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (2 wrong usage or configuration,
 * 3 the data or the model was refused). A test holds the README's table to this one.
 */
export const EVALUATION_ERRORS = {
  EVALUATION_VISITS_INVALID: {
    when: 'The visits table lacks a column that is needed, or has a null in it.',
    exitCode: 3,
  },
  EVALUATION_OPTIONS_INVALID: {
    when: 'An option is out of its range, or names a metric that does not exist.',
    exitCode: 2,
  },
  EVALUATION_HELD_OUT_INVALID: {
    when: 'The held-out pairs contradict each other, or lack the popularity that a metric needs.',
    exitCode: 3,
  },
  EVALUATION_RANKING_INVALID: { when: 'A ranking names an item twice, or one that does not exist.', exitCode: 3 },
  EVALUATION_SCORES_INVALID: {
    when: 'A recommender gave the wrong number of scores, or a score that is not a number.',
    exitCode: 3,
  },
  EVALUATION_METRIC_FAILED: {
    when: 'A metric of your own threw an error, or gave what is not a finite number; the message names it.',
    exitCode: 1,
  },
  EVALUATION_MODEL_REFUSED: {
    when: 'A model failed a check of the gate; the message names each failed check with its figures.',
    exitCode: 3,
  },
  EVALUATION_LISTS_INVALID: { when: 'A file of users and items cannot be read, or has no pair in it.', exitCode: 3 },
  EVALUATION_NOTHING_HELD_OUT: { when: 'No visitor has enough attractions to hold one out.', exitCode: 3 },
} as const satisfies Record<string, { when: string; exitCode: 1 | 2 | 3 }>;

/** A stable code of this package, safe to test for. */
export type EvaluationErrorCode = keyof typeof EVALUATION_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly code: EvaluationErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: EvaluationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = EVALUATION_ERRORS[code].exitCode;
  }
}
