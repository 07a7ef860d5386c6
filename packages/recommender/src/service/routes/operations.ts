import type { FastifyInstance } from 'fastify';
import { HealthAnswer, VersionAnswer, problems } from '../schema/answers.js';
import type { ServerParts } from '../server.js';

/** What runs here, for those who operate it. */
export function operations(server: FastifyInstance, { served, version }: ServerParts): void {
  server.get(
    '/v1/version',
    {
      schema: {
        operationId: 'version',
        summary: 'What is running: every update in use.',
        tags: ['operations'],
        response: { 200: VersionAnswer, ...problems },
      },
    },
    async () => {
      const { generation, experiment, servedSince } = served();
      return {
        name: '@attractions/recommender',
        version,
        generation: generation.seqs,
        servedSince: servedSince.toISOString(),
        experiment:
          experiment === undefined ? null : { experiment: experiment.experiment, version: experiment.version },
      };
    },
  );
  server.get(
    '/livez',
    {
      schema: {
        operationId: 'live',
        summary: 'Whether the process lives.',
        tags: ['operations'],
        response: { 200: HealthAnswer, ...problems },
      },
    },
    async () => ({ status: 'alive' }),
  );
  server.get(
    '/readyz',
    {
      schema: {
        operationId: 'ready',
        summary: 'Whether it can answer.',
        tags: ['operations'],
        response: { 200: HealthAnswer, ...problems },
      },
    },
    async () => ({ status: 'ready' }),
  );
}
