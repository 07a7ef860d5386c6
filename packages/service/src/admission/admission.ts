import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { ServiceError } from '../errors.js';
import type { Metrics } from '../telemetry/metrics.js';
import { keyFor } from './access.js';
import type { Scope } from './access.js';
import type { Pressure } from './pressure.js';
import type { Tenants } from '../tenants/tenant.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a request to this route needs; `public` routes are open to everybody, also under overload. Default: `read`. */
    scope?: Scope | 'public';
    /** Whether the route answers from the snapshot of the tenant, which is loaded first. Default: true. */
    snapshot?: boolean;
    /** Whether the route answers that there is no such path: any key is enough for it. */
    unknown?: boolean;
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
 * Admission control: refuses requests before their body is parsed, marks requests that get the popular list because of the load, and waits for the snapshot of
 * a tenant.
 *
 * It uses the *route* that the router matched and its parameters, never the text of the path, which can be written in many ways. A route without a scope of its
 * own needs `read`. So does an unknown path: without a key, nobody learns which paths exist. An unknown tenant is refused like one whose keys the client does
 * not have.
 */
export function admission(server: FastifyInstance, pressure: Pressure, metrics: Metrics, tenants: Tenants): void {
  server.decorateRequest('degraded', false);
  server.decorateRequest('scope', 'read');
  // Set at every request; declared here so that all requests have one shape.
  server.decorateRequest('tenant');
  server.addHook('onRequest', (request, reply, done) => {
    const { tenant: name } = request.params as { readonly tenant?: string };
    const tenant = tenants.find(name);
    if (tenant !== undefined) request.tenant = tenant;
    const sender = senderOf(request);
    pressure.enter(sender);
    // Comes once, so the listener need not remove itself.
    reply.raw.on('close', () => pressure.leave(sender));
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      return done(new ServiceError('RECOMMENDER_REQUEST_INVALID', "HTTP/1.1 needs a 'host' header; send one."));
    const { scope = 'read', unknown = request.is404 } = request.routeOptions.config;
    request.scope = scope;
    if (scope === 'public') return done();
    const load = pressure.load(sender);
    if (load === 'full' && scope !== 'admin') {
      metrics.shed('overload');
      reply.header('retry-after', '1');
      return done(OVERLOADED);
    }
    request.degraded = load === 'degraded';
    const { keys, isOpen, isAdmitted, ratePerSecond } = tenants.gate(name);
    const key = keyFor(request.headers, keys);
    const needsKey = scope === 'admin' || !isOpen;
    if (needsKey && key === undefined) {
      reply.header('www-authenticate', 'Bearer');
      return done(
        new ServiceError('RECOMMENDER_UNAUTHORIZED', "This needs a key; send it as 'authorization: Bearer KEY'."),
      );
    }
    // Any key is enough to get 404 for an unknown path.
    if (needsKey && !unknown && key?.scopes.has(scope) === false) {
      reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
      return done(
        new ServiceError('RECOMMENDER_FORBIDDEN', `This key does not have the scope '${scope}', which this needs.`),
      );
    }
    if (isAdmitted?.(key?.digest.toString('latin1') ?? request.ip) === false) {
      metrics.shed('rate');
      const retryAfter = String(Math.max(1, Math.ceil(1 / ratePerSecond)));
      reply.header('retry-after', retryAfter);
      return done(
        new ServiceError(
          'RECOMMENDER_TOO_MANY_REQUESTS',
          `You sent more than ${ratePerSecond} requests a second; wait ${retryAfter} s before you ask again.`,
        ),
      );
    }
    if (name !== undefined && tenant === undefined)
      return done(new ServiceError('RECOMMENDER_NO_SUCH_TENANT', `There is no tenant '${name.slice(0, 63)}'.`));
    done();
  });
  server.addHook('preHandler', (request, _reply, done) => {
    if (request.scope === 'public') return done();
    const sender = senderOf(request);
    const answer = () =>
      pressure.run(() => {
        // It may have waited in the queue.
        request.degraded ||= pressure.load(sender) !== 'normal';
        done();
      }, sender);
    const ready = request.tenant?.ready;
    if (ready === undefined || request.routeOptions.config.snapshot === false) return answer();
    const loading = ready();
    if (loading === undefined) return answer();
    loading.then(answer, done);
  });
}

/** Whose share of the service a request takes. Unknown tenants have one together, since clients choose their names. */
const senderOf = ({ tenant }: FastifyRequest): string => tenant?.name ?? '';

/** Gives a scope to every route that is registered later and has none of its own. For the routes of plugins. */
export function scopeByDefault(server: FastifyInstance, scope: Scope | 'public'): void {
  server.addHook('onRoute', (route: RouteOptions) => {
    route.config = { scope, ...route.config };
  });
}
