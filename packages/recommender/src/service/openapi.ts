import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { apiPage } from './api-page.js';

/** Describes every route registered after it in OpenAPI 3.1, from the very schemas that check requests and write answers. */
export async function openapi(server: FastifyInstance, version: string): Promise<void> {
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
    },
  });
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  server.get('/docs', { schema: { hide: true } }, async (_, reply) =>
    reply.type('text/html; charset=utf-8').send(apiPage(server.swagger())),
  );
}
