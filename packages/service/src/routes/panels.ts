import type { FastifyInstance } from 'fastify';
import { visitOf } from '@attractions/recommender';
import { assignmentIn } from '@attractions/experiments';
import { PanelsAnswer, problems } from '../schema/answers.js';
import { PanelsQuery, UserParams } from '../schema/requests.js';
import type { Served } from '../served.js';

/** What each panel would show a user. A look for operators: it is no exposure, and recorded nowhere. */
export function panels(server: FastifyInstance, { served }: { served(): Served }): void {
  server.get<{ Params: UserParams; Querystring: PanelsQuery }>(
    '/v1/users/:userId/panels',
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
    async ({ params: { userId }, query: { visits, ...asked } }) => {
      const { panels, experiment, generation } = served();
      const lists = panels().map(({ panel, recommender, answers }) => {
        const { recommendations, source, assumed } = answers.recommend({
          userId,
          visits: visits?.map(visitOf),
          ...asked,
          explain: true,
        });
        return { panel, recommender, recommendations, source, ...(assumed && { assumed }) };
      });
      const assigned = (experiment && assignmentIn(experiment)(userId)) ?? null;
      return { assigned, panels: lists, generation: generation.seqs };
    },
  );
}
