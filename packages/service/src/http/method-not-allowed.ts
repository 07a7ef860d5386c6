import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify';
import { problem, sendProblem } from './problem.js';

/** All except CONNECT, which Node does not treat as a request. */
export const METHODS_OF_NODE = METHODS.filter((method) => method !== 'CONNECT');

/**
 * Answers a known path with an unknown method by status 405 and the allowed methods; Fastify would answer 404.
 *
 * @returns a function to call once all routes are registered
 */
export function refuseOtherMethods(server: FastifyInstance): () => void {
  for (const method of METHODS_OF_NODE)
    if (!server.supportedMethods.includes(method as HTTPMethods)) server.addHttpMethod(method, { hasBody: true });
  const known = new Map<string, { methods: Set<string>; config: RouteOptions['config'] }>();
  server.addHook('onRoute', ({ url, method, config }) => {
    const { methods } = known.get(url) ?? { methods: new Set() };
    for (const one of [method].flat()) methods.add(one);
    known.set(url, { methods, config });
  });
  return () => {
    for (const [url, { methods, config }] of [...known]) {
      const allowed = [...methods].sort().join(', ');
      const refuse = async (request: FastifyRequest, reply: FastifyReply) =>
        sendProblem(
          reply.header('allow', allowed),
          problem(
            405,
            'RECOMMENDER_METHOD_NOT_ALLOWED',
            `This path does not take ${request.method}; it takes ${allowed}.`,
          ),
        );
      server.route({
        method: METHODS_OF_NODE.filter((method) => !methods.has(method)) as HTTPMethods[],
        url,
        schema: { hide: true },
        // The scope of the path holds for every method.
        config: { ...config },
        // Refused before the body is parsed, so that errors in the body do not hide this one.
        onRequest: refuse,
        handler: refuse,
      });
    }
  };
}
