/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or
 * configuration, 3 the data or the model was refused). A test holds the README's table to this one.
 */
export const EXPERIMENTS_ERRORS = {
  EXPERIMENTS_EXPERIMENT_INVALID: {
    when: 'Users cannot be assigned by an experiment: its text is wrong, or its ranges overlap.',
    exitCode: 3,
  },
} as const;

/** A stable code of this package, safe to test for. */
export type ExperimentsErrorCode = keyof typeof EXPERIMENTS_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class ExperimentsError extends Error {
  override readonly name = 'ExperimentsError';
  readonly code: ExperimentsErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: ExperimentsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = EXPERIMENTS_ERRORS[code].exitCode;
  }
}
