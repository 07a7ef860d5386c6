import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.js';
import { RollbackAnswer, problems } from '../schema/answers.js';

/** `POST /admin/rollback`, for keys with the scope `admin`; the path does not exist where no key has it. */
export function admin(server: FastifyInstance): void {
  server.post(
    '/admin/rollback',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'rollBack',
        summary:
          'Goes back to the previous model, which stays in use until the feeds want another one than they do now.',
        tags: ['operations'],
        response: { 200: RollbackAnswer, ...problems },
      },
    },
    async ({ tenant }) => {
      const served = await tenant.rollBack();
      if (served !== undefined) return { generation: served.generation.seqs };
      throw new ServiceError(
        'RECOMMENDER_NO_GENERATION_BEFORE',
        'There is no previous model, or its data have expired; the model in use stays.',
      );
    },
  );
}
