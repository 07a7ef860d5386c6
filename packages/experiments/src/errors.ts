/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or
 * configuration, 3 the data or the model was refused). A test holds the README's table to this one.
 */
export const EXPERIMENTS_ERRORS = {
  EXPERIMENTS_EXPERIMENT_INVALID: {
    when: 'Users cannot be assigned by an experiment: its text is wrong, or its ranges overlap.',
    exitCode: 3,
  },
  EXPERIMENTS_NAME_TAKEN: {
    when: 'An experiment is started under the name of an earlier one.',
    exitCode: 2,
  },
  EXPERIMENTS_UNKNOWN: { when: 'There is no experiment of that name.', exitCode: 2 },
  EXPERIMENTS_STOPPED: { when: 'An experiment is changed that was stopped before.', exitCode: 2 },
  EXPERIMENTS_SHARES_INVALID: {
    when: 'A share is not above 0 and at most 100 %, the shares of panels exceed 100 %, or a panel does not exist.',
    exitCode: 2,
  },
  EXPERIMENTS_LAYER_FULL: {
    when: 'A layer has not so many free buckets in one piece.',
    exitCode: 2,
  },
  EXPERIMENTS_CONFLICT: {
    when: 'Two experiments would decide the same lists: they are in different layers, and no target separates them.',
    exitCode: 2,
  },
  EXPERIMENTS_WINNER_UNKNOWN: { when: 'The winner is not a panel of the experiment.', exitCode: 2 },
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
