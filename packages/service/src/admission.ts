import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { ServiceError } from './errors.js';
import { keyFor } from './access.js';
import type { ApiKey, Scope } from './access.js';
import type { Metrics } from './metrics.js';
import type { Pressure } from './pressure.js';

/** Who may ask, and how often. */
export interface Access {
  readonly keys?: readonly ApiKey[];
  /** Whether everybody may do what is not the admin's. Where absent: whether no key may read. */
  readonly open?: boolean;
  /** Requests a second of one key, or else of one address, on average; .5 is one every two seconds. 0: any number. */
  readonly ratePerSecond?: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request to this route must be allowed to do; `public` is open to everybody at any time. Default: `read`. */
    scope?: Scope | 'public';
  }
  interface FastifyRequest {
    /** Whether the service is too busy for more than the popular list. */
    degraded: boolean;
    /** What it must be allowed to do. Its route says so, which Fastify puts together anew each time it is asked. */
    scope: Scope | 'public';
  }
}

/** One for all: when there are many, to note where each arose would take longer than to turn it away. */
const OVERLOADED = new ServiceError('RECOMMENDER_OVERLOADED', 'The service is overloaded; ask again in a second.');

/**
 * Admission control: turns away whom it must, before anything is parsed, and marks requests to be answered in short.
 *
 * It asks the *route* that the router matched, never the text of the path, which can be written in many ways. A route that says nothing
 * needs the scope `read`, and so does a path that leads nowhere: a stranger does not learn which paths there are.
 */
export function admission(server: FastifyInstance, pressure: Pressure, metrics: Metrics, access: Access): void {
  const { keys = [], ratePerSecond = 0 } = access;
  const isOpen = access.open ?? !keys.some(({ scopes }) => scopes.has('read') || scopes.has('history'));
  const mayAsk = ratePerSecond > 0 ? rateLimit(ratePerSecond) : undefined;
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
    // What leads nowhere is told to every key.
    if (needsKey && !request.is404 && key?.scopes.has(scope) === false) {
      reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
      return done(
        new ServiceError('RECOMMENDER_FORBIDDEN', `This key does not have the scope '${scope}', which this needs.`),
      );
    }
    if (mayAsk?.(key?.digest.toString('latin1') ?? request.ip) === false) {
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
    pressure.pass(() => {
      // It may have waited for its turn.
      request.degraded ||= pressure.load() !== 'normal';
      done();
    });
  });
}

/** What a request must be allowed to do: what its route says. */
export const scopeOf = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): Scope | 'public' =>
  routeOptions.config.scope ?? 'read';

/** Gives every route that is registered after it, and says nothing itself, a scope. For plugins, whose routes are not ours to write. */
export function scopeByDefault(server: FastifyInstance, scope: Scope | 'public'): void {
  server.addHook('onRoute', (route: RouteOptions) => {
    route.config = { scope, ...route.config };
  });
}

/** Most askers remembered at once; the one that asked longest ago is forgotten first. */
const MAX_ASKERS = 10_000;

/**
 * Requests of each asker, `perSecond` a second on average and as many at once, at least one: a leaky bucket that remembers one time an asker, as
 * the generic cell rate algorithm of ATM does (ITU-T I.371).
 *
 * @param perSecond above 0; below 1, one request every `1 / perSecond` seconds
 * @returns whether this asker may ask now
 */
export function rateLimit(perSecond: number, now: () => number = () => performance.now()): (asker: string) => boolean {
  const intervalMs = 1_000 / perSecond;
  const aheadMs = (Math.max(1, perSecond) - 1) * intervalMs;
  /** When the next request would be due if they came evenly. */
  const dueMs = new Map<string, number>();
  return (asker) => {
    const nowMs = now();
    const due = Math.max(nowMs, dueMs.get(asker) ?? nowMs);
    const admitted = due - nowMs <= aheadMs;
    dueMs.delete(asker);
    dueMs.set(asker, admitted ? due + intervalMs : due);
    if (dueMs.size > MAX_ASKERS) dueMs.delete(dueMs.keys().next().value ?? '');
    return admitted;
  };
}
