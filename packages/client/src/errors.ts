/**
 * Every way this package fails by itself: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or configuration).
 * What the service refuses has the code of the service. A test holds the README's table to this one.
 */
export const CLIENT_ERRORS = {
  CLIENT_OPTION_INVALID: { when: 'An option of `createClient` has a value that it cannot use.', exitCode: 2 },
  CLIENT_UNREACHABLE: { when: 'No answer came: the service is down, or the network or CORS forbids it.', exitCode: 1 },
  CLIENT_TIMED_OUT: { when: 'A try took longer than `timeoutMs`.', exitCode: 1 },
  CLIENT_ANSWER_INVALID: { when: 'An answer is not of the service, such as the error page of a proxy.', exitCode: 1 },
  CLIENT_EVENT_WITHOUT_USER: {
    when: 'An event has no `userId`, and its `requestId` is not that of a list for a user.',
    exitCode: 2,
  },
  CLIENT_QUEUE_FULL: { when: 'An event was dropped: 10,000 others wait to be sent.', exitCode: 1 },
} as const;

/** A stable code of this package, or one of the service, such as `RECOMMENDER_REQUEST_INVALID`. */
export type ClientErrorCode = keyof typeof CLIENT_ERRORS | (string & Record<never, never>);

/** What is known of a failure beside its sentence. */
interface ClientErrorOptions extends ErrorOptions {
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
}

/** The one error this package throws; `message` is a sentence with the offending value and the fix, that of the service where it answered. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly exitCode: 1 | 2;
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** Under which the log of the service has the request. */
  readonly requestId: string | undefined;
  /** How long the service asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.exitCode = Object.hasOwn(CLIENT_ERRORS, code) ? CLIENT_ERRORS[code as keyof typeof CLIENT_ERRORS].exitCode : 1;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
  }
}
