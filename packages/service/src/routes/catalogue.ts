import type { Attraction } from '@attractions/contracts';
import type { FastifyInstance } from 'fastify';
import { itemKnown, itemsOfPark } from '@attractions/recommender';
import { historyOf } from '@attractions/models';
import { CatalogueAnswer, SimilarAnswer, ParksAnswer, VisitsAnswer, problems } from '../schema/answers.js';
import { AttractionParams, CatalogueQuery, SimilarQuery, UserParams } from '../schema/requests.js';

/** The parks and attractions, and the visits that the model knows. */
export function catalogue(server: FastifyInstance): void {
  server.get(
    '/parks',
    {
      schema: {
        operationId: 'parks',
        summary: 'Every park.',
        tags: ['catalogue'],
        response: { 200: ParksAnswer, ...problems },
      },
    },
    async ({ tenant }) => {
      const { generation } = tenant.served();
      const parks = Array.from(generation.parks, ([park, items]) => ({ park, attractions: items.length }));
      return { parks, generation: generation.seqs };
    },
  );

  server.get<{ Querystring: CatalogueQuery }>(
    '/attractions',
    {
      schema: {
        operationId: 'attractions',
        summary: 'Every attraction, page by page.',
        tags: ['catalogue'],
        querystring: CatalogueQuery,
        response: { 200: CatalogueAnswer, ...problems },
      },
    },
    async ({ tenant, query: { park, limit = 1_000, after } }) => {
      const { generation } = tenant.served();
      const items = itemsOfPark(generation, park) ?? Uint32Array.from(generation.attractions.keys());
      const last = after === undefined ? -1 : itemKnown(generation, after);
      const from = items.findIndex((item) => item > last);
      const page = from < 0 ? items.subarray(0, 0) : items.subarray(from, from + limit);
      const attractions = Array.from(page, (item) => ({
        ...(generation.attractions[item] as Attraction),
        visitors: generation.visitors[item],
      }));
      const more = from >= 0 && from + page.length < items.length;
      return { attractions, next: more ? attractions.at(-1)?.attractionId : null, generation: generation.seqs };
    },
  );

  server.get<{ Params: AttractionParams; Querystring: SimilarQuery }>(
    '/attractions/:attractionId/similar',
    {
      schema: {
        operationId: 'similar',
        summary: 'Attractions that the same visitors go to.',
        tags: ['recommendations'],
        params: AttractionParams,
        querystring: SimilarQuery,
        response: { 200: SimilarAnswer, ...problems },
      },
    },
    async ({ tenant, params: { attractionId }, query: { themes, theme = [], ...filters } }) =>
      tenant.served().similar(attractionId, { ...filters, themes: [...(themes ?? []), ...theme] }),
  );

  server.get<{ Params: UserParams }>(
    '/users/:userId/visits',
    {
      config: { scope: 'history' },
      schema: {
        operationId: 'visits',
        summary: 'The visits of one user that the model knows; none for an unknown user.',
        tags: ['catalogue'],
        params: UserParams,
        response: { 200: VisitsAnswer, ...problems },
      },
    },
    async ({ tenant, params: { userId } }) => {
      const { generation } = tenant.served();
      const user = generation.userOf.get(userId);
      if (user === undefined) return { known: false, visits: [], generation: generation.seqs };
      const { items, weights } = historyOf(generation, user);
      const visits = Array.from(items, (item, n) => {
        const { attractionId, name } = generation.attractions[item] as Attraction;
        return { attractionId, name, visits: weights[n] };
      });
      return { known: true, visits, generation: generation.seqs };
    },
  );
}
