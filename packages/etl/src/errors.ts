/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or
 * configuration, 3 the data was refused). A test holds the README's table to this one.
 */
export const ETL_ERRORS = {
  ETL_NO_SOURCE: { when: 'Nothing says where the raw data are.', exitCode: 2 },
  ETL_NO_FOLDER: { when: 'The raw data folder does not exist, or is not a folder.', exitCode: 2 },
  ETL_NO_FILES: {
    when: 'The raw data folder has no `userVisits-<park>.csv`, at any depth; or nothing matches the `files` of a source.',
    exitCode: 2,
  },
  ETL_OPTIONS_INVALID: {
    when: 'An option of the loader is outside its range, or an environment variable that a source needs is not set.',
    exitCode: 2,
  },
  ETL_SOURCES_INVALID: {
    when: 'The sources are configured wrongly: an unknown or repeated type, or options that its schema refuses. All problems are listed.',
    exitCode: 2,
  },
  ETL_SOURCE_FAILED: { when: 'A source failed while it was probed or read; the cause is attached.', exitCode: 1 },
  ETL_DATABASE_DENIED: {
    when: 'A database refuses the login or the query: a wrong password, a table that is not there, a query that is not SQL or would change data.',
    exitCode: 2,
  },
  ETL_DATABASE_FAILED: {
    when: 'A database does not answer, or was lost while it was read, at each of some attempts; nothing was committed.',
    exitCode: 1,
  },
  ETL_FILE_UNREADABLE: { when: 'A raw file cannot be read.', exitCode: 1 },
  ETL_FILE_BROKEN: {
    when: 'A raw file is of no use as a whole: empty, compressed data that end early, text in another encoding, a quote that is never closed.',
    exitCode: 3,
  },
  ETL_FILE_CHANGED: {
    when: 'A raw file was written to or replaced while it was read; nothing was committed.',
    exitCode: 1,
  },
  ETL_HEADER_UNKNOWN: {
    when: 'A raw file has no header, or one that lacks a column that is needed; or it is not plain how it writes times.',
    exitCode: 3,
  },
  ETL_TOO_MANY_REJECTS: {
    when: 'More than the configured share of the visit lines was refused; nothing was committed.',
    exitCode: 3,
  },
  ETL_UNLIKE_BEFORE: {
    when: 'The data differ from the last updates by more than the section `checks` allows; nothing was committed.',
    exitCode: 3,
  },
  ETL_NO_VISITS: { when: 'Not one visit line was kept; nothing was committed.', exitCode: 3 },
  ETL_LINES_LOST: {
    when: 'The lines kept, repeated and refused do not add up to the lines read; a defect of this package, or of a source.',
    exitCode: 1,
  },
  ETL_FRAME_INVALID: {
    when: 'A frame cannot be composed: its SQL, its name or a value in it is not valid. A defect of the code that composes it.',
    exitCode: 1,
  },
  ETL_ENGINE_DENIED: {
    when: 'The server of `SPARK_REMOTE` refuses the token or the user, or its address is not one.',
    exitCode: 2,
  },
  ETL_ENGINE_FAILED: { when: 'The engine cannot be loaded, or failed in a query; the cause is attached.', exitCode: 1 },
} as const;

/** A stable code of this package, safe to test for. */
export type EtlErrorCode = keyof typeof ETL_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class EtlError extends Error {
  override readonly name = 'EtlError';
  readonly code: EtlErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: EtlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = ETL_ERRORS[code].exitCode;
  }
}
