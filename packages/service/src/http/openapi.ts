import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { Scope } from '../admission/access.js';
import { scopeByDefault } from '../admission/admission.js';
import { SOURCE_MARK } from '../schema/parts.js';

/**
 * Describes every route that is registered later in OpenAPI 3.1, from the schemas that also check requests and write answers. Serves the page `/docs` for
 * reading it and trying calls; all files of that page come from this server.
 *
 * @param scope who may see the description; undefined: nobody, the path does not exist
 * @param sources the sources that entries of lists may have
 */
export async function openapi(
  server: FastifyInstance,
  version: string,
  scope: Scope | 'public' | undefined,
  sources: readonly string[],
): Promise<void> {
  // Must run before the plugin reads the route.
  server.addHook('onRoute', ({ schema, config }) => {
    const needed = config?.scope ?? 'read';
    if (schema === undefined || schema.hide === true || needed === 'public') return;
    schema.security = [{ bearer: [needed] }, { apiKey: [needed] }];
  });
  await server.register(swagger, {
    transformObject: (document) => ('openapiObject' in document ? sourcesIn(document.openapiObject, sources) : {}),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Attractions',
        description:
          'Recommendations of theme-park attractions. Every answer says which recommender, panel and model it came from.',
        version,
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'recommendations', description: 'Lists for visitors.' },
        { name: 'events', description: 'What users did.' },
        { name: 'flags', description: 'Panels of experiments for OpenFeature clients (OFREP 0.3).' },
        { name: 'catalogue', description: 'Parks and attractions, and the visits that the model knows.' },
        { name: 'operations', description: 'The state of the service.' },
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
  // Loaded only where somebody may see it: reading its files takes a large part of the start.
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

/** The description with the list of sources in each schema of a source. */
function sourcesIn<T>(value: T, sources: readonly string[]): T {
  if (Array.isArray(value)) return value.map((member) => sourcesIn(member, sources)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const { [SOURCE_MARK]: isSource, ...members } = value as Readonly<Record<string, unknown>>;
  if (isSource === true)
    return {
      anyOf: sources.map((source) => ({ type: 'string', enum: [source] })),
      description: members['description'],
    } as T;
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, sourcesIn(member, sources)])) as T;
}
