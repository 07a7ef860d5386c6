import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { admission } from './admission.js';
import type { Access } from './admission.js';
import type { GenerationState } from './generations/generations.js';
import { securityHeaders } from './headers.js';
import { refusesOtherMethods } from './method-not-allowed.js';
import type { Face, Scope, TrustedProxies } from './access.js';
import type { Metrics } from './metrics.js';
import { description, openapi } from './openapi.js';
import type { Pressure } from './pressure.js';
import { onClientError, onError, onExpectation, onNotFound } from './problem.js';
import { admin } from './routes/admin.js';
import type { Administration } from './routes/admin.js';
import { catalogue } from './routes/catalogue.js';
import { operations } from './routes/operations.js';
import { page } from './routes/page.js';
import { panels } from './routes/panels.js';
import { recommendations } from './routes/recommendations.js';
import type { Shown } from './routes/recommendations.js';
import { MAX_ID_LENGTH } from './schema/parts.js';
import type { Served } from './served.js';
import type { Tracing } from './tracing.js';
import { validatorCompiler } from './validation.js';

const ALL_VISIBLE = { page: 'public', docs: 'public', metrics: 'public' } as const;

/** What a server answers from, and who hears of it. */
export interface ServerParts {
  /** Asked once a request, so a swap is one assignment in the caller. */
  served(): Served;
  readonly logger: FastifyBaseLogger;
  /** Of the package, for `/v1/version`. */
  readonly version: string;
  /** How the service stands towards the feeds, for `/readyz`. */
  state(): GenerationState;
  readonly metrics: Metrics;
  readonly pressure: Pressure;
  readonly access: Access;
  /** Who may see what is for people and for their tools; what is absent is not there. Default: everybody. */
  readonly visible?: Readonly<Partial<Record<Face, Scope | 'public'>>>;
  /** Origins whose pages may ask from a browser, `*` for all; none where absent. */
  readonly corsOrigins?: readonly string[];
  /** Whose `x-forwarded-*` headers are believed, as Fastify's `trustProxy` takes it. Default: nobody's. */
  readonly trustProxy?: TrustedProxies;
  /** Absent: there are no admin paths. */
  readonly administration?: Administration;
  /** Absent: requests are not traced. */
  readonly tracing?: Pick<Tracing, 'observe'>;
  /** Told of every list that goes out; must neither throw nor take long. */
  shown?(shown: Shown): void;
  /** Whether the service is about to end: `/readyz` then says no. */
  closing(): boolean;
  /** Whether no new connection is taken: answers then close theirs. */
  closed(): boolean;
}

/** One percent-encoded UTF-16 unit takes at most 9 characters of a path. */
const MAX_ENCODED_ID_LENGTH = 9 * MAX_ID_LENGTH;

/** A request that takes longer to arrive is not a person's. */
const ARRIVAL_TIMEOUT_MS = 10_000;

/** What an asker may call a request: enough for a UUID or a trace id. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The HTTP service, not yet listening; `inject` it in a test. Requests are logged at debug, since their paths name users. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { metrics, shown, visible = ALL_VISIBLE, corsOrigins = [] } = parts;
  const nextId = requestIds();
  const addCommonHeaders = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(securityHeaders).header('x-request-id', request.id);
    if (parts.closed()) reply.header('connection', 'close');
  };
  const server: FastifyInstance = Fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // No logger of its own for each request: hardly one has a line, which then names the request itself.
    childLoggerFactory: (logger) => logger,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : nextId();
    },
    trustProxy: parts.trustProxy ?? false,
    bodyLimit: 64 * 1024,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: ARRIVAL_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      // The gate asks for it: its answer is a problem document.
      requireHostHeader: false,
    },
    requestTimeout: ARRIVAL_TIMEOUT_MS,
    // What comes while the service ends is still answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_ENCODED_ID_LENGTH },
    // A path that cannot be decoded, or is too long: the router throws before any hook runs.
    frameworkErrors: (error, request, reply) => {
      addCommonHeaders(request, reply);
      onError(error, request, reply);
    },
    clientErrorHandler: onClientError,
  });
  // Bodies are JSON. Fastify would also take plain text, as one string.
  server.removeContentTypeParser('text/plain');
  server.setValidatorCompiler(validatorCompiler());
  server.server.on('checkExpectation', onExpectation);
  server.setErrorHandler(onError);
  server.setNotFoundHandler(onNotFound);
  // First, so that what the gate turns away has a span too.
  parts.tracing?.observe(server);
  // Before admission: a browser asks for leave without a key.
  if (corsOrigins.length > 0) allowOrigins(server, corsOrigins);
  admission(server, parts.pressure, metrics, parts.access);
  server.addHook('onSend', (request, reply, _, done) => {
    addCommonHeaders(request, reply);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { elapsedTime: ms, statusCode: status } = reply;
    metrics.requested(request.method, request.routeOptions.url ?? 'none', status, ms / 1_000);
    request.log.debug({ requestId: request.id, url: request.url, status, ms }, 'answered');
    done();
  });
  server.register(async (api) => {
    await openapi(api, parts.version, visible.docs);
    // Its own routes are not ours to add to.
    const refuseOtherMethods = refusesOtherMethods(api);
    if (visible.docs !== undefined) description(api, visible.docs);
    recommendations(api, {
      served: parts.served,
      shown: (one) => {
        metrics.answered(one.list, one.list.degraded === true);
        shown?.(one);
      },
    });
    catalogue(api, parts);
    panels(api, parts);
    if (visible.page !== undefined) page(api, visible.page);
    operations(api, { ...parts, metricsScope: visible.metrics });
    if (parts.administration) admin(api, parts.administration);
    refuseOtherMethods();
  });
  return server;
}

/** Lets pages of other origins ask. The plugin is shown preflights (Fetch, 3.2.2) alone: it would answer any other OPTIONS in a text of its own. */
function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  const allowed = {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 600,
  };
  const asksWhether = ({ headers }: FastifyRequest) =>
    headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
  server.register(cors, {
    delegator: (request: FastifyRequest, done: (error: null, options: object) => void) =>
      done(null, request.method === 'OPTIONS' && !asksWhether(request) ? { origin: false } : allowed),
  });
}

/** Names of requests: a UUID of the process, and a number. A UUID for each would cost more. */
function requestIds(): () => string {
  const process = randomUUID();
  let count = 0;
  return () => `${process}-${(count++).toString(36)}`;
}
