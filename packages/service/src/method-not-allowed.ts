import { METHODS } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify';
import { problem, sendProblem } from './problem.js';

/** All but CONNECT, which Node never takes for a request. */
const methodsOfNode = METHODS.filter((method) => method !== 'CONNECT');

/**
 * Answers a known path under another method with status 405 and the methods it has, where Fastify would say 404.
 *
 * @returns a function to call once all routes are there
 */
export function refusesOtherMethods(server: FastifyInstance): () => void {
  for (const method of methodsOfNode)
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
        method: methodsOfNode.filter((method) => !methods.has(method)) as HTTPMethods[],
        url,
        schema: { hide: true },
        // Whoever may not ask under one method may not under another.
        config: { ...config },
        // Before the body is looked at: what is wrong with that does not matter.
        onRequest: refuse,
        handler: refuse,
      });
    }
  };
}
