/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or
 * configuration). A test holds the README's table to this one.
 */
export const SPARK_ERRORS = {
  SPARK_REMOTE_INVALID: { when: 'The address is not of the form `sc://host:port/;key=value`.', exitCode: 2 },
  SPARK_UNREACHABLE: { when: 'No server answers at the address, or the connection broke too often.', exitCode: 1 },
  SPARK_DENIED: { when: 'The server refuses the token or the user.', exitCode: 2 },
  SPARK_QUERY_FAILED: {
    when: "A query or a command failed; `server` has Spark's error class, SQL state and parameters.",
    exitCode: 1,
  },
  SPARK_SESSION_LOST: {
    when: 'The session ended: an hour without a call, or a server that was started again. Its views and models are gone.',
    exitCode: 1,
  },
  SPARK_RESULT_INVALID: { when: 'A result has another number of rows than the server says.', exitCode: 1 },
} as const;

/** A stable code of this package, safe to test for. */
export type SparkErrorCode = keyof typeof SPARK_ERRORS;

/** What the server tells of an error. Sail tells the message only. */
export interface ServerError {
  /** Whole, with the stack where the server sends one. */
  readonly message: string;
  /** The status of gRPC, such as `INTERNAL`. */
  readonly status: string;
  /** Spark's error condition, such as `TABLE_OR_VIEW_NOT_FOUND`. */
  readonly errorClass?: string;
  /** Such as `42P01`. */
  readonly sqlState?: string;
  /** What is put into the message, such as `{ relationName: '`visits`' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Class and first line of each error below, the nearest first. */
  readonly causes?: readonly string[];
}

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class SparkError extends Error {
  override readonly name = 'SparkError';
  readonly code: SparkErrorCode;
  readonly exitCode: 1 | 2;
  readonly server: ServerError | undefined;

  constructor(code: SparkErrorCode, message: string, options?: ErrorOptions & { readonly server?: ServerError }) {
    super(message, options);
    this.code = code;
    this.exitCode = SPARK_ERRORS[code].exitCode;
    this.server = options?.server;
  }
}
