import type { FastifyInstance } from 'fastify';
import { RecommenderError } from '../../errors.js';
import { RollbackAnswer, problems } from '../schema/answers.js';
import { digestOf, matches, secretIn } from '../secrets.js';
import type { Served } from '../served.js';

/** What the admin may do. */
export interface Administration {
  readonly token: string;
  rollBack(): Promise<Served | undefined>;
}

/** `POST /admin/rollback`, for whoever has the token; there is no such path without one. */
export function admin(server: FastifyInstance, { token, rollBack }: Administration): void {
  const digests = [digestOf(token)];
  server.post(
    '/admin/rollback',
    {
      onRequest: async (request, reply) => {
        if (matches(secretIn(request.headers), digests)) return;
        reply.header('www-authenticate', 'Bearer');
        throw new RecommenderError(
          'RECOMMENDER_UNAUTHORIZED',
          "This needs the admin token; send it as 'authorization: Bearer TOKEN'.",
        );
      },
      schema: {
        operationId: 'rollBack',
        summary: 'Back to the model before; it stays until the feed wants another one than now.',
        tags: ['operations'],
        response: { 200: RollbackAnswer, ...problems },
      },
    },
    async () => {
      const served = await rollBack();
      if (served !== undefined) return { generation: served.generation.seqs };
      throw new RecommenderError(
        'RECOMMENDER_NO_GENERATION_BEFORE',
        'There is no model before the one in use; it goes on answering.',
      );
    },
  );
}
