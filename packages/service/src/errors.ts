/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (1 failed, 2 wrong usage or configuration, 3 the data or
 * the model was refused); for errors that clients see, also the HTTP status. A test compares the table in the README with this one.
 */
export const SERVICE_ERRORS = {
  // Clients test for `code`, so these keep the prefix from before the service became a package.
  RECOMMENDER_UNAUTHORIZED: {
    when: 'A request lacks the token or the key it needs.',
    exitCode: 1,
    status: 401,
  },
  RECOMMENDER_FORBIDDEN: {
    when: 'The key of a request does not have the scope that its route needs.',
    exitCode: 1,
    status: 403,
  },
  RECOMMENDER_REQUEST_INVALID: {
    when: 'A request cannot be read: its parameters, its body or its headers.',
    exitCode: 1,
    status: 400,
  },
  RECOMMENDER_NO_SUCH_PATH: {
    when: 'The service does not have the path of a request.',
    exitCode: 1,
    status: 404,
  },
  RECOMMENDER_NO_SUCH_TENANT: {
    when: 'The service for many tenants does not know the tenant in the path of a request.',
    exitCode: 1,
    status: 404,
  },
  RECOMMENDER_METHOD_NOT_ALLOWED: {
    when: 'A path of the service does not take this method.',
    exitCode: 1,
    status: 405,
  },
  RECOMMENDER_NO_GENERATION_BEFORE: {
    when: 'A rollback was requested, but there is no previous model.',
    exitCode: 1,
    status: 409,
  },
  RECOMMENDER_TOO_MANY_REQUESTS: {
    when: 'A client sends more requests than the rate limit allows.',
    exitCode: 1,
    status: 429,
  },
  RECOMMENDER_OVERLOADED: {
    when: 'The service is overloaded; the answer has Retry-After.',
    exitCode: 1,
    status: 503,
  },
  RECOMMENDER_TENANT_UNAVAILABLE: {
    when: 'The tenant in the path has no model, or its model cannot be loaded now; the answer has Retry-After.',
    exitCode: 1,
    status: 503,
  },
  RECOMMENDER_EVENTS_NOT_TAKEN: {
    when: 'Events cannot be stored now; the answer has Retry-After, and the client must send them again.',
    exitCode: 1,
    status: 503,
  },
  RECOMMENDER_CLOSING: {
    when: 'The service is about to end.',
    exitCode: 1,
    status: 503,
  },
  RECOMMENDER_FAILED: {
    when: 'The service failed while answering; the cause is in its log.',
    exitCode: 1,
    status: 500,
  },
  SERVICE_SMOKE_FAILED: {
    when: 'A model answered one of the requests of the smoke test wrongly, so it is not served.',
    exitCode: 3,
  },
  SERVICE_SPOOL_UNUSABLE: {
    when: 'The folder for lists shown or for events cannot be created or written to.',
    exitCode: 2,
  },
  SERVICE_TRACING_MODULE_MISSING: {
    when: 'OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed.',
    exitCode: 2,
  },
  SERVICE_SETTING_INVALID: {
    when: 'A setting of the service has a value that it cannot use.',
    exitCode: 2,
  },
  SERVICE_ADDRESS_IN_USE: {
    when: 'Another process listens on the host and port of the service.',
    exitCode: 1,
  },
  SERVICE_CANNOT_LISTEN: {
    when: 'The operating system refuses the host or the port of the service.',
    exitCode: 1,
  },
} as const satisfies Record<string, { when: string; exitCode: 1 | 2 | 3; status?: number }>;

/** A stable code of this package, safe to test for. */
export type ServiceErrorCode = keyof typeof SERVICE_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ServiceErrorCode;
  readonly exitCode: 1 | 2 | 3;
  /** When a client may ask again; undefined where that is not known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ServiceErrorCode, message: string, options: ErrorOptions & { retryAfterSeconds?: number } = {}) {
    super(message, options);
    this.code = code;
    this.exitCode = SERVICE_ERRORS[code].exitCode;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
