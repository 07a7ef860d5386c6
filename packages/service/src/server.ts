import { randomUUID } from 'node:crypto';
import { AjvCompiler } from '@fastify/ajv-compiler';
import cors from '@fastify/cors';
import Fastify, { LogController } from 'fastify';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaCompiler,
  HTTPMethods,
} from 'fastify';
import { Type } from 'typebox';
import type { TObject } from 'typebox';
import type { PathGroup, Scope, TrustedProxies } from './admission/access.js';
import { admission } from './admission/admission.js';
import type { Pressure } from './admission/pressure.js';
import { METHODS_OF_NODE, refuseOtherMethods } from './http/method-not-allowed.js';
import { description, openapi } from './http/openapi.js';
import { SECURITY_HEADERS, onClientError, onError, onExpectation, onNotFound } from './http/problem.js';
import { admin } from './routes/admin.js';
import { catalogue } from './routes/catalogue.js';
import { events } from './routes/events.js';
import { ofrep } from './routes/ofrep.js';
import { fleetReady, live, metricsPage, ready, version } from './routes/operations.js';
import { page, panels } from './routes/page.js';
import { recommendations } from './routes/recommendations.js';
import { MAX_BODY_BYTES, MAX_ID_LENGTH } from './schema/parts.js';
import { answerSources } from './served.js';
import type { Metrics } from './telemetry/metrics.js';
import type { Tracing } from './telemetry/tracing.js';
import type { Fleet, Tenants } from './tenants/tenant.js';

const ALL_VISIBLE = { page: 'public', docs: 'public', metrics: 'public' } as const;

/** What a server uses to answer, and what it reports to. */
export interface ServerParts {
  readonly tenants: Tenants;
  /** The same tenants where there are many: each has its paths below `/v1/t/{tenant}`. Absent: there is one, and its paths begin at the root. */
  readonly fleet?: Fleet | undefined;
  readonly logger: FastifyBaseLogger;
  /** The sources that entries of lists may have; default: those of the usual kinds of model. */
  readonly sources?: readonly string[];
  /** Of the package, for the path `version`. */
  readonly version: string;
  readonly metrics: Metrics;
  readonly pressure: Pressure;
  /** Who may see the page, the API description and the metrics; paths of an absent group do not exist. Default: everybody. */
  readonly visible?: Readonly<Partial<Record<PathGroup, Scope | 'public'>>>;
  /** Origins whose pages may send requests from a browser, `*` for all. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** The proxies whose `x-forwarded-*` headers are trusted, in the form of Fastify's `trustProxy`. Default: none. */
  readonly trustProxy?: TrustedProxies;
  /** Whether there are paths for administrators. */
  readonly administered?: boolean;
  /** Whether there is a path that takes events. */
  readonly takesEvents?: boolean;
  /** Absent: requests are not traced. */
  readonly tracing?: Pick<Tracing, 'observe'>;
  /** Whether the service is about to end: `/readyz` then answers 503. */
  closing(): boolean;
  /** Whether the service takes no new connections: answers then close theirs. */
  closed(): boolean;
}

/** One percent-encoded UTF-16 unit takes at most 9 characters of a path. */
const MAX_ENCODED_ID_LENGTH = 9 * MAX_ID_LENGTH;

/** A request that takes longer to arrive is dropped. */
const ARRIVAL_TIMEOUT_MS = 10_000;

/** Request ids that a client may choose: enough for a UUID or a trace id. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The HTTP service, not yet listening; `inject` it in a test. Requests are logged at debug, since their paths name users. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { metrics, visible = ALL_VISIBLE, corsOrigins = [] } = parts;
  const nextId = requestIds();
  const addCommonHeaders = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (parts.closed()) reply.header('connection', 'close');
  };
  const server: FastifyInstance = Fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all requests: few requests write a line, and those lines contain the request id.
    childLoggerFactory: (logger) => logger,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : nextId();
    },
    trustProxy: parts.trustProxy ?? false,
    bodyLimit: MAX_BODY_BYTES,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: ARRIVAL_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      // Admission control checks it, and answers with a problem document.
      requireHostHeader: false,
    },
    requestTimeout: ARRIVAL_TIMEOUT_MS,
    // Requests that come while the service ends are still answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_ENCODED_ID_LENGTH },
    // For a path that cannot be decoded or is too long, the router throws before any hook runs.
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
  // Before admission, so that refused requests have a span too.
  parts.tracing?.observe(server);
  // Before admission: browsers send preflights without a key.
  if (corsOrigins.length > 0) allowOrigins(server, corsOrigins);
  admission(server, parts.pressure, metrics, parts.tenants);
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
    await openapi(api, parts.version, visible.docs, parts.sources ?? answerSources());
    // After the plugin, so that its own routes are not extended.
    const addRefusals = refuseOtherMethods(api);
    if (visible.docs !== undefined) description(api, visible.docs);
    if (parts.fleet) describeTenant(api);
    const [forApi, forOthers] = parts.fleet ? [OF_TENANT, OF_TENANT] : ['/v1', ''];
    await api.register(async (routes) => apiOf(routes, parts), { prefix: forApi });
    await api.register(async (routes) => othersOf(routes, parts, visible.page), { prefix: forOthers });
    live(api);
    if (parts.fleet) fleetReady(api, parts.fleet, parts.closing);
    if (visible.metrics !== undefined) metricsPage(api, metrics, visible.metrics);
    addRefusals();
    if (parts.fleet) unknownPaths(api);
  });
  return server;
}

/** The beginning of the paths of one tenant of many. */
const OF_TENANT = '/v1/t/:tenant';

/** The paths that begin with `/v1` in a service for one tenant. */
function apiOf(routes: FastifyInstance, { metrics, takesEvents, version: ofPackage }: ServerParts): void {
  recommendations(routes, metrics);
  if (takesEvents) events(routes);
  catalogue(routes);
  panels(routes);
  version(routes, ofPackage);
}

/** Its other paths. */
function othersOf(routes: FastifyInstance, parts: ServerParts, pageFor: Scope | 'public' | undefined): void {
  ofrep(routes);
  if (pageFor !== undefined) page(routes, pageFor);
  // Which tenants there are is nobody's business, so of many it needs a key.
  ready(routes, parts.fleet ? 'read' : 'public', parts.closing);
  if (parts.administered) admin(routes);
}

/** Adds the tenant to the parameters of every route that is registered later and has one. */
function describeTenant(server: FastifyInstance): void {
  server.addHook('onRoute', ({ url, schema }) => {
    if (schema === undefined || !url.startsWith(OF_TENANT)) return;
    const { properties = {}, required = [] } = (schema.params ?? {}) as Partial<TObject>;
    // Comes twice for a schema that HEAD shares with GET.
    if ('tenant' in properties) return;
    const tenant = Type.String({ description: 'Name of the tenant.' });
    const about = { additionalProperties: false, required: ['tenant', ...required] };
    schema.params = { type: 'object', properties: { tenant, ...properties }, ...about };
  });
}

/** Unknown paths of a tenant, so that they are refused as in a service for it alone. */
function unknownPaths(server: FastifyInstance): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => onNotFound(request, reply);
  server.route({
    method: METHODS_OF_NODE as HTTPMethods[],
    url: `${OF_TENANT}/*`,
    schema: { hide: true },
    config: { unknown: true },
    // Before the body is parsed, as for every other unknown path.
    onRequest: answer,
    handler: answer,
  });
}

/**
 * Lets pages of other origins send requests. The plugin sees only preflight requests (Fetch, 3.2.2), because it would answer any other OPTIONS request
 * itself.
 */
function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  const allowed = {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['x-request-id', 'retry-after', 'etag'],
    maxAge: 600,
  };
  const isPreflight = ({ headers }: FastifyRequest) =>
    headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
  server.register(cors, {
    delegator: (request: FastifyRequest, done: (error: null, options: object) => void) =>
      done(null, request.method === 'OPTIONS' && !isPreflight(request) ? { origin: false } : allowed),
  });
}

/** Request ids: a UUID of the process and a number. A UUID for each request would cost more. */
function requestIds(): () => string {
  const process = randomUUID();
  let count = 0;
  return () => `${process}-${(count++).toString(36)}`;
}

/**
 * Checks requests against the schemas of their route. Paths and queries are text, so numbers and flags are converted from it. A JSON body
 * has types, so nothing is converted: `null` is not `false`. A parameter that the schema does not know is an error.
 */
function validatorCompiler(): FastifySchemaCompiler<object> {
  const build = AjvCompiler();
  const options = { useDefaults: true, removeAdditional: false, allErrors: false };
  const body = build({}, { customOptions: { ...options, coerceTypes: false } });
  const text = build({}, { customOptions: { ...options, coerceTypes: 'array' } });
  return (route) => (route.httpPart === 'body' ? body : text)(route) as ReturnType<FastifySchemaCompiler<object>>;
}
