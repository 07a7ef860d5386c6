import type { FastifyInstance } from 'fastify';
import type { Scope } from '../admission/access.js';
import { ServiceError } from '../errors.js';
import type { GenerationState } from '../generations/generations.js';
import { HealthAnswer, ReadyAnswer, VersionAnswer, problems } from '../schema/answers.js';
import type { ExperimentFault } from '@attractions/recommender';
import { decidesLists } from '@attractions/experiments';
import { nameIn } from '../generations/experiments.js';
import type { Served } from '../served.js';
import type { Metrics } from '../telemetry/metrics.js';

/** What the routes for operators report. */
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

/** The state of the service, for its operators. */
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
        summary: 'The version of the service, and every update in use.',
        tags: ['operations'],
        response: { 200: VersionAnswer, ...problems },
      },
    },
    async () => {
      const { generation, experiments, servedSince } = served();
      const running = experiments.map(({ experiment, version }) => ({ experiment, version }));
      const last = experiments.findLastIndex(decidesLists);
      return {
        name: '@attractions/service',
        version,
        generation: generation.seqs,
        servedSince: servedSince.toISOString(),
        experiment: running[last] ?? null,
        experiments: running,
      };
    },
  );
  server.get(
    '/livez',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'live',
        summary: 'Whether the process is alive.',
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
      if (closing())
        throw new ServiceError('RECOMMENDER_CLOSING', 'The service is about to end; send requests to another one.');
      const { generation, experimentFaults } = served();
      const detail = [...detailOf(state(), generation.seqs.model), ...experimentDetail(state(), experimentFaults)];
      return { status: 'ready', generation: generation.seqs, detail };
    },
  );
}

/** Codes, not messages: a message may contain a path, and everybody may read this. */
function detailOf({ refused, heldBack, unreachable }: GenerationState, model: number): string[] {
  const inUse = `model ${model} stays in use`;
  return [
    ...(refused ? [`Model ${refused.model} was refused (${refused.code}); ${inUse}. The log says why.`] : []),
    ...(heldBack === undefined
      ? []
      : [`Model ${heldBack} was rolled back from; ${inUse} until the feeds have another.`]),
    ...(unreachable === undefined ? [] : [`The feeds cannot be read (${unreachable}); ${inUse}.`]),
  ];
}

/** What is wrong with experiments: some cannot run, or their feed cannot be read. */
function experimentDetail({ experimentsUnreadable }: GenerationState, faults: readonly ExperimentFault[]): string[] {
  return [
    ...faults.map((fault) => {
      const name = nameIn(fault);
      const which =
        fault.update === undefined ? 'The experiment' : `Experiment update ${fault.update}${name ? `, ${name},` : ''}`;
      return `${which} cannot be run (${fault.code}); all users are answered without it. The log says why.`;
    }),
    ...(experimentsUnreadable === undefined
      ? []
      : [`The feed of experiments cannot be read (${experimentsUnreadable}); the previous state stays.`]),
  ];
}
