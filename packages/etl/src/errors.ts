/**
 * Every way this package fails: a stable code, and when it is thrown in one sentence.
 * The README's table is held to this one by a test.
 */
export const ETL_ERRORS = {
  ETL_NO_FOLDER: 'The raw data folder does not exist, or is no folder.',
  ETL_NO_FILES: 'The raw data folder holds no `userVisits-<park>.csv`, at any depth.',
  ETL_OPTIONS_INVALID: 'An option of the loader is outside its range.',
  ETL_FILE_UNREADABLE: 'A raw file cannot be read.',
  ETL_HEADER_UNKNOWN: 'A raw file has no header, or one that lacks a column that every layout needs.',
  ETL_TOO_MANY_REJECTS: 'More than the configured share of the visit lines was refused; nothing was committed.',
  ETL_NO_VISITS: 'Not one visit line was kept; nothing was committed.',
  ETL_LINES_LOST: 'The lines kept, repeated and refused do not add up to the lines read; a defect of this package.',
  ETL_ENGINE_FAILED: 'The embedded DuckDB cannot be loaded, or failed in a query; the cause is attached.',
} as const;

/** A stable code of this package, safe to test for. */
export type EtlErrorCode = keyof typeof ETL_ERRORS;

/** What a command line exits with: 2 is wrong usage or configuration, 3 refused data, 1 anything else. */
export const ETL_EXIT_CODES: Readonly<Record<EtlErrorCode, 1 | 2 | 3>> = {
  ETL_NO_FOLDER: 2,
  ETL_NO_FILES: 2,
  ETL_OPTIONS_INVALID: 2,
  ETL_FILE_UNREADABLE: 1,
  ETL_HEADER_UNKNOWN: 3,
  ETL_TOO_MANY_REJECTS: 3,
  ETL_NO_VISITS: 3,
  ETL_LINES_LOST: 1,
  ETL_ENGINE_FAILED: 1,
};

/** The one error this package throws; `message` is a sentence with the offending value and the mend. */
export class EtlError extends Error {
  override readonly name = 'EtlError';
  readonly code: EtlErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: EtlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = ETL_EXIT_CODES[code];
  }
}
