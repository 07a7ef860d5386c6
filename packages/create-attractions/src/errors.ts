/**
 * Every way this package fails: a stable code, when it is thrown, and what the command line exits with (1 failed, 2 wrong usage or configuration, 3 the data
 * was refused). A test holds the README's table to this one.
 */
export const CREATE_ERRORS = {
  CREATE_USAGE: { when: 'A flag is unknown, or its value is not one of those that it takes.', exitCode: 2 },
  CREATE_NAME_INVALID: { when: 'The name of the folder cannot be that of a package.', exitCode: 2 },
  CREATE_FOLDER_NOT_EMPTY: { when: 'The folder holds something, or is a file.', exitCode: 2 },
  CREATE_DATA_MISSING: { when: 'A path of the data does not exist, or a variable is not set.', exitCode: 2 },
  CREATE_INSTALL_FAILED: { when: 'The package manager could not install what the project needs.', exitCode: 1 },
  CREATE_DATA_UNKNOWN: { when: '`attractions init` could not read the data or recognise their columns.', exitCode: 3 },
} as const;

/** A stable code of this package, safe to test for. */
export type CreateErrorCode = keyof typeof CREATE_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class CreateError extends Error {
  override readonly name = 'CreateError';
  readonly code: CreateErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: CreateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = CREATE_ERRORS[code].exitCode;
  }
}
