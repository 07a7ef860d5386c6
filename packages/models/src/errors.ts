/**
 * All errors of this package: a stable code, when it is thrown, and the exit code of a command line (1 failed, 2 wrong usage or
 * configuration, 3 the data or the model was refused). A test compares the README's table with this one.
 */
export const MODELS_ERRORS = {
  MODELS_MODEL_INVALID: {
    when: 'A model and its attractions do not fit together, or the model is damaged.',
    exitCode: 3,
  },
  MODELS_VISITS_INVALID: {
    when: 'Visits to train on lack a required column, or have a null in it.',
    exitCode: 3,
  },
  MODELS_TOO_LARGE: {
    when: 'A kind of model would take more memory or time than it allows.',
    exitCode: 2,
  },
  MODELS_KINDS_INVALID: {
    when: 'A list of kinds names one that does not exist, or one twice.',
    exitCode: 2,
  },
} as const;

/** A stable code of this package, safe to test for. */
export type ModelsErrorCode = keyof typeof MODELS_ERRORS;

/** The error that this package throws; `message` is a sentence with the offending value and the fix. */
export class ModelsError extends Error {
  override readonly name = 'ModelsError';
  readonly code: ModelsErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: ModelsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = MODELS_ERRORS[code].exitCode;
  }
}
