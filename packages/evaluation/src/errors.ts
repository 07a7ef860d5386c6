/** Every way this package refuses: a stable code and what it means. The README's table is held to this one by a test. */
export const EVALUATION_ERRORS = {
  EVALUATION_VISITS_INVALID: 'The visits table lacks a column that is needed, or has a null in it.',
  EVALUATION_OPTIONS_INVALID: 'An option is out of its range, or a metric is unknown.',
  EVALUATION_HELD_OUT_INVALID: 'The held-out pairs contradict themselves, or lack the popularity that a metric needs.',
  EVALUATION_RANKING_INVALID: 'A ranking names an item twice, or one that does not exist.',
  EVALUATION_SCORES_INVALID: 'A recommender gave scores of the wrong number, or one that is no number.',
  EVALUATION_MODEL_REFUSED: 'A model failed a check of the gate; the message names each with its figures.',
  EVALUATION_LISTS_INVALID: 'A file of users and items cannot be read, or holds none.',
  EVALUATION_LINEAGE_BROKEN: 'An update does not name the updates it was made from.',
  EVALUATION_EXPOSURES_MISSING: 'No list of the experiment was logged.',
  EVALUATION_EXPOSURES_DISAGREE: 'A logged exposure does not recompute to the panel it names.',
  EVALUATION_SAMPLE_RATIO: 'The users of the panels are not in the ratio that was drawn: p below 0.001.',
  EVALUATION_NOTHING_HELD_OUT: 'No visitor has enough attractions for anything to be held out.',
} as const;

/** A stable code of this package, safe to test for. */
export type EvaluationErrorCode = keyof typeof EVALUATION_ERRORS;

/** The one error this package throws; the message is a sentence with the offending value and the mend. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** For a command line: 2 for wrong options, 3 for data or a model that is refused. */
  readonly exitCode: 2 | 3;

  constructor(
    readonly code: EvaluationErrorCode,
    message: string,
  ) {
    super(message);
    this.exitCode = code === 'EVALUATION_OPTIONS_INVALID' ? 2 : 3;
  }
}
