import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { onError, onNotFound } from './problem.js';
import { refusesOtherMethods } from './method-not-allowed.js';
import { openapi } from './openapi.js';
import { catalogue } from './routes/catalogue.js';
import { operations } from './routes/operations.js';
import { recommendations } from './routes/recommendations.js';
import { MAX_ID_LENGTH } from './schema/parts.js';
import type { Served } from './served.js';

/** What a server answers from. `served` is asked once a request, so a swap is one assignment in the caller. */
export interface ServerParts {
  served(): Served;
  readonly logger: FastifyBaseLogger;
  /** Of the package, for `/v1/version`. */
  readonly version: string;
}

/** One percent-encoded UTF-16 unit takes at most 9 characters of a path. */
const MAX_ENCODED_ID_LENGTH = 9 * MAX_ID_LENGTH;

/** The HTTP service, not yet listening; `inject` it in a test. Requests are logged at debug, since their paths name users. */
export function createServer(parts: ServerParts): FastifyInstance {
  const server: FastifyInstance = Fastify({
    loggerInstance: parts.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    requestTimeout: 10_000,
    routerOptions: { maxParamLength: MAX_ENCODED_ID_LENGTH },
    // A parameter that no schema knows is the asker's mistake, not ours to drop.
    ajv: { customOptions: { removeAdditional: false } },
    frameworkErrors: (error, request, reply) => void onError(error, request, reply),
  });
  server.setErrorHandler(onError);
  server.setNotFoundHandler(onNotFound);
  server.addHook('onSend', async (_, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
  });
  server.addHook('onResponse', async (request, reply) => {
    request.log.debug({ url: request.url, status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
  });
  server.register(async (api) => {
    const refuseOtherMethods = refusesOtherMethods(api);
    await openapi(api, parts.version);
    recommendations(api, parts);
    catalogue(api, parts);
    operations(api, parts);
    refuseOtherMethods();
  });
  return server;
}
