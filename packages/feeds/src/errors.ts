/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or
 * configuration, 3 the data was refused). A test holds the README's table to this one.
 */
export const FEEDS_ERRORS = {
  FEEDS_ROOT_INVALID: {
    when: 'The root of the feeds is not a folder, a `file:` URL, `s3://bucket/prefix` or `memory:`.',
    exitCode: 2,
  },
  FEEDS_PATH_INVALID: { when: 'A feed path is not of the form `domain/name/v1.0`.', exitCode: 2 },
  FEEDS_EMPTY: { when: 'The feed has no update yet.', exitCode: 1 },
  FEEDS_NO_SUCH_UPDATE: { when: 'The feed has updates, but not the one asked for.', exitCode: 2 },
  FEEDS_EXPIRED: { when: 'The update has expired: its record stays, its data are deleted or will be.', exitCode: 2 },
  FEEDS_VALUE_INVALID: { when: 'The value breaks the contract; the first bad row and column are named.', exitCode: 3 },
  FEEDS_OPTIONS_INVALID: { when: 'The options of a call are wrong, or cannot be written into a record.', exitCode: 1 },
  FEEDS_OVERTAKEN: {
    when: 'Another update was committed in the meantime, and the put was to follow directly on an earlier one (`after`).',
    exitCode: 1,
  },
  FEEDS_CONTENDED: { when: 'Other writers won every attempt to commit.', exitCode: 1 },
  FEEDS_UNVERIFIED: {
    when: 'The files read back after writing differ from what was written; nothing was committed.',
    exitCode: 1,
  },
  FEEDS_RECORD_CORRUPT: { when: 'A record of the log is damaged, or the chain of hashes is broken.', exitCode: 3 },
  FEEDS_LOG_LOST: {
    when: 'The log ends before a record that this process has seen: its folder was removed, replaced or unmounted.',
    exitCode: 1,
  },
  FEEDS_DATA_CORRUPT: {
    when: 'A data file is missing, or its size, hash or content differs from its record.',
    exitCode: 3,
  },
  FEEDS_FORMAT_UNKNOWN: { when: 'A record has a format that this release does not know.', exitCode: 3 },
  FEEDS_VERSION_UNKNOWN: {
    when: 'An update was written under another major version of the contract, or by another codec.',
    exitCode: 3,
  },
  FEEDS_STORE_MODULE_MISSING: { when: 'The store needs a package that is not installed.', exitCode: 2 },
  FEEDS_STORE_UNFIT: {
    when: 'The store cannot write a file only if it is absent, so it cannot hold a commit log.',
    exitCode: 1,
  },
  FEEDS_STORE_DENIED: {
    when: 'The store refuses to write or to read: permissions, or a read-only file system.',
    exitCode: 1,
  },
  FEEDS_STORE_FULL: { when: 'The store has no space left.', exitCode: 1 },
  FEEDS_STORE_FAILED: { when: 'The store failed in another way; the cause is attached.', exitCode: 1 },
} as const;

/** A stable code of this package, safe to test for. */
export type FeedsErrorCode = keyof typeof FEEDS_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class FeedsError extends Error {
  override readonly name = 'FeedsError';
  readonly code: FeedsErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: FeedsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = FEEDS_ERRORS[code].exitCode;
  }
}
