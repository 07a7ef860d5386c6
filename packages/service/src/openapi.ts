import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { scopeByDefault } from './admission.js';
import type { Scope } from './access.js';

/**
 * Describes every route registered after it in OpenAPI 3.1, from the very schemas that check requests and write answers, and serves the
 * page `/docs`, on which people read that and try a call; no file of it comes from elsewhere.
 *
 * @param scope who may see the description; undefined: there is none
 */
export async function openapi(
  server: FastifyInstance,
  version: string,
  scope: Scope | 'public' | undefined,
): Promise<void> {
  // Before the description takes the route in.
  server.addHook('onRoute', ({ schema, config }) => {
    const needed = config?.scope ?? 'read';
    if (schema === undefined || schema.hide === true || needed === 'public') return;
    schema.security = [{ bearer: [needed] }, { apiKey: [needed] }];
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Attractions',
        description:
          'Recommendations of theme-park attractions. Every answer says which path, panel and model it came from.',
        version,
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'recommendations', description: 'Lists for people.' },
        { name: 'catalogue', description: 'What there is, and what the model saw.' },
        { name: 'operations', description: 'What runs here.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key with the scope that the operation names. Not needed where the service has no keys.',
          },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'The same key in another header.' },
        },
      },
    },
  });
  if (scope === undefined) return;
  // Loaded only where somebody may see it: reading its files is a good part of a start.
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  await server.register(async (docs) => {
    scopeByDefault(docs, scope);
    await docs.register(swaggerUi, { routePrefix: '/docs', uiConfig: { deepLinking: true } });
  });
}

/** Serves the description as `/openapi.json`. */
export function description(server: FastifyInstance, scope: Scope | 'public'): void {
  server.get('/openapi.json', { schema: { hide: true }, config: { scope } }, async () => server.swagger());
}
