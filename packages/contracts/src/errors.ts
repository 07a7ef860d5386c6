/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or
 * configuration, 3 the data or the model was refused). A test holds the README's table to this one.
 */
export const CONTRACTS_ERRORS = {
  CONTRACTS_NO_MODEL: {
    when: 'The feeds hold no model yet.',
    exitCode: 1,
  },
  CONTRACTS_LINEAGE_BROKEN: {
    when: 'An update does not name the visits or attractions it was made from, or they changed.',
    exitCode: 3,
  },
  CONTRACTS_INPUT_GONE: {
    when: 'A user was forgotten, or the data that something was made from were given up, before it could be committed; nothing was committed.',
    exitCode: 1,
  },
} as const;

/** A stable code of this package, safe to test for. */
export type ContractsErrorCode = keyof typeof CONTRACTS_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class ContractsError extends Error {
  override readonly name = 'ContractsError';
  readonly code: ContractsErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: ContractsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = CONTRACTS_ERRORS[code].exitCode;
  }
}
