import type { FastifyInstance } from 'fastify';
import { ListAnswer, ListQuery, Problem, UserParams } from './schemas.js';
import type { ServerParts } from './server.js';

/** Lists for people. */
export function recommendations(server: FastifyInstance, { served }: ServerParts): void {
  server.get<{ Params: UserParams; Querystring: ListQuery }>(
    '/v1/users/:userId/recommendations',
    {
      schema: {
        operationId: 'recommend',
        summary: 'Attractions for one user; for an unknown one, the popular ones.',
        params: UserParams,
        querystring: ListQuery,
        response: { 200: ListAnswer, '4xx': Problem },
      },
    },
    async ({ params, query }) =>
      served().recommender.recommend({
        userId: params.userId,
        limit: query.limit,
        park: query.park,
        themes: query.theme,
        deny: query.exclude,
        includeVisited: query.include_visited,
        explain: query.explain,
      }),
  );
}
