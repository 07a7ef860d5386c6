import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.js';
import { RollbackAnswer, problems } from '../schema/answers.js';
import type { Served } from '../served.js';

/** What the admin may do. */
export interface Administration {
  rollBack(): Promise<Served | undefined>;
}

/** `POST /admin/rollback`, for keys with the scope `admin`; there is no such path where no key has it. */
export function admin(server: FastifyInstance, { rollBack }: Administration): void {
  server.post(
    '/admin/rollback',
    {
      config: { scope: 'admin' },
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
      throw new ServiceError(
        'RECOMMENDER_NO_GENERATION_BEFORE',
        'There is no model before the one in use, or its data have expired; the one in use goes on answering.',
      );
    },
  );
}
