import { readFileSync } from 'node:fs';
import { assignmentsIn } from '@attractions/experiments';
import { visitOf } from '@attractions/recommender';
import type { FastifyInstance } from 'fastify';
import type { Scope } from '../admission/access.js';
import { PanelsAnswer, problems } from '../schema/answers.js';
import { PanelsQuery, UserParams, attributesIn } from '../schema/requests.js';

/** The same path from `src` and from `dist`. */
const FOLDER = new URL('../../page/', import.meta.url);

const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
] as const;

/** The demo page: three files that use the HTTP interface like any other client. Read once, at the start. */
export function page(server: FastifyInstance, scope: Scope | 'public'): void {
  for (const [path, file, type] of FILES) {
    const content = readFileSync(new URL(file, FOLDER));
    // Only with the slash: the page names its files and the paths of the interface relative to it.
    server.get(path, { prefixTrailingSlash: 'slash', schema: { hide: true }, config: { scope } }, (_, reply) => {
      reply.type(type).send(content);
    });
  }
}

/** What each panel would show a user, for the page and for operators. Not an exposure, so not recorded. */
export function panels(server: FastifyInstance): void {
  server.get<{ Params: UserParams; Querystring: PanelsQuery }>(
    '/users/:userId/panels',
    {
      config: { scope: 'history' },
      schema: {
        operationId: 'panels',
        summary: 'What each panel of the experiment would show a user, for comparison; not recorded as shown.',
        tags: ['operations'],
        params: UserParams,
        querystring: PanelsQuery,
        response: { 200: PanelsAnswer, ...problems },
      },
    },
    async ({ tenant, params: { userId }, query }) => {
      const { panels, experiments, recommender: usual, generation } = tenant.served();
      const { visits, at, limit, park } = query;
      const request = { userId, visits: visits?.map(visitOf), at, limit, park, attributes: attributesIn(query) };
      const lists = panels().map(({ experiment, panel, recommender, answers }) => {
        const { recommendations, source, assumed } = answers.recommend({ ...request, explain: true });
        return { experiment, panel, recommender, recommendations, source, ...(assumed && { assumed }) };
      });
      // What decides is what answers.
      const assigned = usual.recommend(request).panel ?? null;
      const attributes = { ...request.attributes, ...(park !== undefined && { park }) };
      return {
        assigned,
        assignments: assignmentsIn(experiments)(userId, attributes),
        panels: lists,
        generation: generation.seqs,
      };
    },
  );
}
