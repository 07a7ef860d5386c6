import type { FastifyInstance } from 'fastify';
import { RecommenderError } from '../errors.js';
import type { Metrics } from './metrics.js';
import type { Pressure } from './pressure.js';
import { rateLimit } from './rate.js';
import { matches, secretIn } from './secrets.js';
import type { Digest } from './secrets.js';

/** Who may ask, and how often. */
export interface Access {
  /** Of the keys that open `/v1`; none: everybody may ask. */
  readonly apiKeys?: readonly Digest[];
  /** Requests a second of one key, or else of one address; 0: any number. */
  readonly ratePerSecond?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the service is too busy for more than the popular list. */
    degraded: boolean;
  }
}

/** One for all: when there are many, to note where each arose would take longer than to turn it away. */
const overloaded = new RecommenderError('RECOMMENDER_OVERLOADED', 'The service is overloaded; ask again in a second.');

/** Stands before every route of `/v1`: turns away whom it must, before anything is parsed, and marks requests to be answered in short. */
export function gate(server: FastifyInstance, pressure: Pressure, metrics: Metrics, access: Access): void {
  const { apiKeys = [], ratePerSecond = 0 } = access;
  const mayAsk = ratePerSecond > 0 ? rateLimit(ratePerSecond) : undefined;
  server.decorateRequest('degraded', false);
  server.addHook('onRequest', (request, reply, done) => {
    pressure.enter();
    reply.raw.once('close', pressure.leave);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      return done(new RecommenderError('RECOMMENDER_REQUEST_INVALID', "HTTP/1.1 needs a 'host' header; send one."));
    if (!request.url.startsWith('/v1/')) return done();
    const load = pressure.load();
    if (load === 'full') {
      metrics.shed('overload');
      reply.header('retry-after', '1');
      return done(overloaded);
    }
    request.degraded = load === 'degraded';
    const secret = apiKeys.length > 0 ? secretIn(request.headers) : undefined;
    if (apiKeys.length > 0 && !matches(secret, apiKeys)) {
      reply.header('www-authenticate', 'Bearer');
      return done(
        new RecommenderError('RECOMMENDER_UNAUTHORIZED', "This needs a key; send it as 'authorization: Bearer KEY'."),
      );
    }
    if (mayAsk?.(secret ?? request.ip) === false) {
      metrics.shed('rate');
      reply.header('retry-after', '1');
      return done(
        new RecommenderError(
          'RECOMMENDER_TOO_MANY_REQUESTS',
          `More than ${ratePerSecond} requests a second came from you; ask again in a second.`,
        ),
      );
    }
    done();
  });
  server.addHook('preHandler', (request, _reply, done) => {
    if (!request.url.startsWith('/v1/')) return done();
    pressure.pass(() => {
      // It may have waited for its turn.
      request.degraded ||= pressure.load() !== 'normal';
      done();
    });
  });
}
