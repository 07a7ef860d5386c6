import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.js';
import type { Scope } from '../access.js';
import type { GenerationState } from '../generations/generations.js';
import type { Metrics } from '../metrics.js';
import { HealthAnswer, ReadyAnswer, VersionAnswer, problems } from '../schema/answers.js';
import type { ExperimentFault, Served } from '../served.js';

/** What operators ask about. */
interface OperationParts {
  served(): Served;
  readonly version: string;
  state(): GenerationState;
  readonly metrics: Metrics;
  /** Who may see the metrics; undefined: nobody. */
  readonly metricsScope: Scope | 'public' | undefined;
  /** Whether the service is about to end. */
  closing(): boolean;
}

/** What runs here, for those who operate it. */
export function operations(server: FastifyInstance, parts: OperationParts): void {
  const { served, version, state, metrics, metricsScope, closing } = parts;
  if (metricsScope !== undefined)
    server.get('/metrics', { schema: { hide: true }, config: { scope: metricsScope } }, async (_, reply) =>
      reply.type(metrics.contentType).send(await metrics.text()),
    );
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
        name: '@attractions/service',
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
      config: { scope: 'public' },
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
      config: { scope: 'public' },
      schema: {
        operationId: 'ready',
        summary: 'Whether it can answer.',
        tags: ['operations'],
        response: { 200: ReadyAnswer, ...problems },
      },
    },
    async () => {
      if (closing()) throw new ServiceError('RECOMMENDER_CLOSING', 'The service is about to end; ask another one.');
      const { generation, experimentFault } = served();
      const detail = [...detailOf(state(), generation.seqs.model), ...experimentDetail(state(), experimentFault)];
      return { status: 'ready', generation: generation.seqs, detail };
    },
  );
}

/** Codes only, no messages: those may name paths, and anybody may ask. */
function detailOf({ refused, heldBack, unreachable }: GenerationState, model: number): string[] {
  const goesOn = `model ${model} goes on answering`;
  return [
    ...(refused ? [`Model ${refused.model} was refused (${refused.code}); ${goesOn}. The log says why.`] : []),
    ...(heldBack === undefined ? [] : [`Model ${heldBack} was rolled back from; ${goesOn} until there is another.`]),
    ...(unreachable === undefined ? [] : [`The feeds cannot be read (${unreachable}); ${goesOn}.`]),
  ];
}

/** What is wrong with experiments: the one that is wanted cannot be run, or nobody knows which is wanted. */
function experimentDetail({ experimentsUnreadable }: GenerationState, fault: ExperimentFault | undefined): string[] {
  const which =
    fault?.update === undefined
      ? 'The experiment'
      : `Experiment update ${fault.update}${fault.name ? `, ${fault.name},` : ''}`;
  return [
    ...(fault ? [`${which} cannot be run (${fault.code}); everybody is answered without it. The log says why.`] : []),
    ...(experimentsUnreadable === undefined
      ? []
      : [`The feed of experiments cannot be read (${experimentsUnreadable}); what ran before goes on.`]),
  ];
}
