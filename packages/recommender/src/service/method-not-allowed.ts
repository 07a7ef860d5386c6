import type { FastifyInstance, HTTPMethods } from 'fastify';
import { problem, sendProblem } from './problem.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Answers a known path under another method with status 405 and the methods it has, where Fastify would say 404.
 *
 * @returns a function to call once all routes are there
 */
export function refusesOtherMethods(server: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    known.set(url, methods);
  });
  return () => {
    for (const [url, methods] of [...known]) {
      const allowed = [...methods].sort().join(', ');
      server.route({
        method: METHODS.filter((method) => !methods.has(method)),
        url,
        schema: { hide: true },
        handler: (request, reply) =>
          sendProblem(
            reply.header('allow', allowed),
            problem(
              405,
              'RECOMMENDER_METHOD_NOT_ALLOWED',
              `This path does not take ${request.method}; it takes ${allowed}.`,
            ),
          ),
      });
    }
  };
}
