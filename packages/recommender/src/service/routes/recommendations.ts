import type { FastifyInstance } from 'fastify';
import { RecommenderError } from '../../errors.js';
import { ListAnswer, ListsAnswer, problems } from '../schema/answers.js';
import { ListBody, ListQuery, UserParams } from '../schema/requests.js';
import type { ServerParts } from '../server.js';
import { Type } from 'typebox';

/** Lists for people. */
export function recommendations(server: FastifyInstance, { served }: ServerParts): void {
  server.get<{ Params: UserParams; Querystring: ListQuery }>(
    '/v1/users/:userId/recommendations',
    {
      schema: {
        operationId: 'recommend',
        summary: 'Attractions for one user; for an unknown one, the popular ones.',
        tags: ['recommendations'],
        params: UserParams,
        querystring: ListQuery,
        response: { 200: ListAnswer, ...problems },
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

  server.post<{ Body: ListBody }>(
    '/v1/recommendations',
    {
      schema: {
        operationId: 'recommendMany',
        summary: 'Attractions for a visitor known by visits alone, or for each of many users.',
        tags: ['recommendations'],
        body: ListBody,
        response: { 200: Type.Union([ListAnswer, ListsAnswer]), ...problems },
      },
    },
    async ({ body: { users, ...request } }) => {
      const { recommender, generation } = served();
      if (users === undefined) return recommender.recommend(request);
      if (request.visits !== undefined)
        throw new RecommenderError(
          'RECOMMENDER_REQUEST_INVALID',
          "The body has both 'users' and 'visits'; visits are one visitor's, so send them in a request of their own.",
        );
      return {
        lists: users.map((userId) => ({ userId, ...recommender.recommend({ ...request, userId }) })),
        generation: generation.seqs,
      };
    },
  );
}
