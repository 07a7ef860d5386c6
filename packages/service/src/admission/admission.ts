import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { ServiceError } from '../errors.js';
import type { Metrics } from '../telemetry/metrics.js';
import { keyFor } from './access.js';
import type { ApiKey, Scope } from './access.js';
import type { Pressure } from './pressure.js';

/** Who may send requests, and how many. */
export interface Access {
  readonly keys?: readonly ApiKey[];
  /** Whether requests without a key have all scopes but `admin`. Default: true where no key has the scope `read` or `history`. */
  readonly open?: boolean;
  /** Requests a second of one key, or of one address where there is no key, on average; 0.5 is one every two seconds. 0, the default: no limit. */
  readonly ratePerSecond?: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a request to this route needs; `public` routes are open to everybody, also under overload. Default: `read`. */
    scope?: Scope | 'public';
  }
  interface FastifyRequest {
    /** Whether the service is so busy that this request gets the popular list. */
    degraded: boolean;
    /** The scope that the request needs. Kept here because Fastify composes the options of a route anew at each access. */
    scope: Scope | 'public';
  }
}

/** One object for all requests: under overload, a stack trace for each would take longer than the refusal itself. */
const OVERLOADED = new ServiceError('RECOMMENDER_OVERLOADED', 'The service is overloaded; ask again in a second.');

/**
 * Admission control: refuses requests before their body is parsed, and marks requests that get the popular list because of the load.
 *
 * It uses the *route* that the router matched, never the text of the path, which can be written in many ways. A route without a scope of its own needs
 * `read`. So does an unknown path: without a key, nobody learns which paths exist.
 */
export function admission(server: FastifyInstance, pressure: Pressure, metrics: Metrics, access: Access): void {
  const { keys = [], ratePerSecond = 0 } = access;
  const isOpen = access.open ?? !keys.some(({ scopes }) => scopes.has('read') || scopes.has('history'));
  const isAdmitted = ratePerSecond > 0 ? rateLimit(ratePerSecond) : undefined;
  const retryAfter = String(Math.max(1, Math.ceil(1 / ratePerSecond)));

  server.decorateRequest('degraded', false);
  server.decorateRequest('scope', 'read');
  server.addHook('onRequest', (request, reply, done) => {
    pressure.enter();
    // Comes once, so the listener need not remove itself.
    reply.raw.on('close', pressure.leave);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      return done(new ServiceError('RECOMMENDER_REQUEST_INVALID', "HTTP/1.1 needs a 'host' header; send one."));
    const scope = scopeOf(request);
    request.scope = scope;
    if (scope === 'public') return done();
    const load = pressure.load();
    if (load === 'full' && scope !== 'admin') {
      metrics.shed('overload');
      reply.header('retry-after', '1');
      return done(OVERLOADED);
    }
    request.degraded = load === 'degraded';
    const key = keyFor(request.headers, keys);
    const needsKey = scope === 'admin' || !isOpen;
    if (needsKey && key === undefined) {
      reply.header('www-authenticate', 'Bearer');
      return done(
        new ServiceError('RECOMMENDER_UNAUTHORIZED', "This needs a key; send it as 'authorization: Bearer KEY'."),
      );
    }
    // Any key is enough to get 404 for an unknown path.
    if (needsKey && !request.is404 && key?.scopes.has(scope) === false) {
      reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
      return done(
        new ServiceError('RECOMMENDER_FORBIDDEN', `This key does not have the scope '${scope}', which this needs.`),
      );
    }
    if (isAdmitted?.(key?.digest.toString('latin1') ?? request.ip) === false) {
      metrics.shed('rate');
      reply.header('retry-after', retryAfter);
      return done(
        new ServiceError(
          'RECOMMENDER_TOO_MANY_REQUESTS',
          `You sent more than ${ratePerSecond} requests a second; wait ${retryAfter} s before you ask again.`,
        ),
      );
    }
    done();
  });
  server.addHook('preHandler', (request, _reply, done) => {
    if (request.scope === 'public') return done();
    pressure.run(() => {
      // It may have waited in the queue.
      request.degraded ||= pressure.load() !== 'normal';
      done();
    });
  });
}

/** The scope that a request needs, from its route. */
const scopeOf = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): Scope | 'public' =>
  routeOptions.config.scope ?? 'read';

/** Gives a scope to every route that is registered later and has none of its own. For the routes of plugins. */
export function scopeByDefault(server: FastifyInstance, scope: Scope | 'public'): void {
  server.addHook('onRoute', (route: RouteOptions) => {
    route.config = { scope, ...route.config };
  });
}

/** Most clients counted at once; the client whose last request is oldest is dropped first. */
const MAX_CLIENTS = 10_000;

/**
 * Limits each client to `perSecond` requests a second on average, with bursts of as many (at least one): a leaky bucket that stores one time for each client
 * (the generic cell rate algorithm, ITU-T I.371).
 *
 * @param perSecond above 0; below 1, one request every `1 / perSecond` seconds
 * @returns whether this client may send a request now
 */
export function rateLimit(perSecond: number, now: () => number = () => performance.now()): (client: string) => boolean {
  const intervalMs = 1_000 / perSecond;
  const aheadMs = (Math.max(1, perSecond) - 1) * intervalMs;
  /** For each client, when its next request would be due if its requests came evenly. */
  const dueMs = new Map<string, number>();
  return (client) => {
    const nowMs = now();
    const due = Math.max(nowMs, dueMs.get(client) ?? nowMs);
    const admitted = due - nowMs <= aheadMs;
    dueMs.delete(client);
    dueMs.set(client, admitted ? due + intervalMs : due);
    if (dueMs.size > MAX_CLIENTS) dueMs.delete(dueMs.keys().next().value ?? '');
    return admitted;
  };
}
