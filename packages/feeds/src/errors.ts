/**
 * Every way this package fails: a stable code, and when it is thrown in one sentence.
 * The README's table is held to this one by a test.
 */
export const FEEDS_ERRORS = {
  FEEDS_ROOT_INVALID:
    'The root of the feeds is neither a folder, nor a `file:` URL, nor `s3://bucket/prefix`, nor `memory:`.',
  FEEDS_PATH_INVALID: 'A feed path is not of the form `domain/name/v1.0`.',
  FEEDS_EMPTY: 'The feed has no update yet.',
  FEEDS_NO_SUCH_UPDATE: 'The feed has updates, but not the one asked for.',
  FEEDS_EXPIRED: 'The update has expired: its record stays, its data are given up.',
  FEEDS_VALUE_INVALID: 'The value does not keep the contract; the first bad row and column are named.',
  FEEDS_OPTIONS_INVALID: 'The options of a put cannot be written into a record.',
  FEEDS_CONTENDED: 'Other writers won every attempt to commit.',
  FEEDS_UNVERIFIED: 'What was read back after writing is not what was written; nothing was committed.',
  FEEDS_RECORD_CORRUPT: 'A record of the log is broken, or the chain of hashes does not fit.',
  FEEDS_LOG_LOST:
    'The log ends before a record that this process has seen: its folder was removed, replaced or unmounted.',
  FEEDS_DATA_CORRUPT: 'A data file is missing, or has another size, hash or content than its record says.',
  FEEDS_FORMAT_UNKNOWN: 'A record has a format that this release does not know.',
  FEEDS_VERSION_UNKNOWN: 'An update was written under another major version of the contract, or by another codec.',
  FEEDS_STORE_MODULE_MISSING: 'The store needs a package that is not installed.',
  FEEDS_STORE_UNFIT: 'The store cannot put a file only if it is absent, so it cannot hold a commit log.',
  FEEDS_STORE_DENIED: 'The store refuses to write or to read: permissions, or a read-only file system.',
  FEEDS_STORE_FULL: 'The store has no room left.',
  FEEDS_STORE_FAILED: 'The store failed in another way; the cause is attached.',
} as const;

/** A stable code of this package, safe to test for. */
export type FeedsErrorCode = keyof typeof FEEDS_ERRORS;

/** What a command line exits with where it is not 1: 2 is wrong usage or configuration, 3 refused data. */
const EXIT_CODES: Partial<Record<FeedsErrorCode, 2 | 3>> = {
  FEEDS_ROOT_INVALID: 2,
  FEEDS_PATH_INVALID: 2,
  FEEDS_NO_SUCH_UPDATE: 2,
  FEEDS_EXPIRED: 2,
  FEEDS_STORE_MODULE_MISSING: 2,
  FEEDS_VALUE_INVALID: 3,
  FEEDS_RECORD_CORRUPT: 3,
  FEEDS_DATA_CORRUPT: 3,
  FEEDS_FORMAT_UNKNOWN: 3,
  FEEDS_VERSION_UNKNOWN: 3,
};

/** The one error this package throws; `message` is a sentence with the offending value and the mend. */
export class FeedsError extends Error {
  override readonly name = 'FeedsError';
  readonly code: FeedsErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: FeedsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = EXIT_CODES[code] ?? 1;
  }
}
