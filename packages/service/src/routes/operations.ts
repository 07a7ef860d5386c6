import type { FastifyInstance } from 'fastify';
import { keyFor } from '../admission/access.js';
import type { Scope } from '../admission/access.js';
import { ServiceError } from '../errors.js';
import type { GenerationState } from '../generations/generations.js';
import { FleetReadyAnswer, HealthAnswer, ReadyAnswer, VersionAnswer, problems } from '../schema/answers.js';
import type { ExperimentFault } from '@attractions/recommender';
import { decidesLists } from '@attractions/experiments';
import { nameIn } from '../generations/experiments.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Fleet, Tenant } from '../tenants/tenant.js';

/** The metrics, for keys with a scope. */
export function metricsPage(server: FastifyInstance, metrics: Metrics, scope: Scope | 'public'): void {
  server.get('/metrics', { schema: { hide: true }, config: { scope } }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}

/** What answers are made from. */
export function version(server: FastifyInstance, ofPackage: string): void {
  server.get(
    '/version',
    {
      schema: {
        operationId: 'version',
        summary: 'The version of the service, and every update in use.',
        tags: ['operations'],
        response: { 200: VersionAnswer, ...problems },
      },
    },
    async ({ tenant }) => {
      const { generation, experiments, servedSince } = tenant.served();
      const running = experiments.map(({ experiment, version }) => ({ experiment, version }));
      const last = experiments.findLastIndex(decidesLists);
      return {
        name: '@attractions/service',
        version: ofPackage,
        generation: generation.seqs,
        servedSince: servedSince.toISOString(),
        experiment: running[last] ?? null,
        experiments: running,
      };
    },
  );
}

/** Whether the process is alive. */
export function live(server: FastifyInstance): void {
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
}

/**
 * Whether a tenant can be answered; of many, it is loaded for that.
 * @param closing whether the service is about to end
 */
export function ready(server: FastifyInstance, scope: Scope | 'public', closing: () => boolean): void {
  server.get(
    '/readyz',
    {
      config: { scope },
      schema: {
        operationId: 'ready',
        summary: 'Whether it can answer.',
        tags: ['operations'],
        response: { 200: ReadyAnswer, ...problems },
      },
    },
    async ({ tenant }) => {
      if (closing()) throw aboutToEnd();
      return { status: 'ready', generation: tenant.served().generation.seqs, detail: detailOfTenant(tenant) };
    },
  );
}

/** Whether a service for many tenants takes requests. Only its operators see how many tenants there are, and which cannot be answered. */
export function fleetReady(
  server: FastifyInstance,
  fleet: Pick<Fleet, 'gate' | 'report'>,
  closing: () => boolean,
): void {
  server.get(
    '/readyz',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'fleetReady',
        summary: 'Whether the service takes requests; for a key with the scope admin, also how its tenants are.',
        tags: ['operations'],
        response: { 200: FleetReadyAnswer, ...problems },
      },
    },
    async ({ headers }) => {
      if (closing()) throw aboutToEnd();
      const { keys, isOpen } = fleet.gate(undefined);
      const isOperator = keys.length === 0 ? isOpen : keyFor(headers, keys)?.scopes.has('admin') === true;
      if (!isOperator) return { status: 'ready' };
      const { tenants, detail, answering } = fleet.report();
      const ofTenants = answering.flatMap((tenant) =>
        detailOfTenant(tenant).map((line) => `Tenant '${tenant.name}': ${line}`),
      );
      return { status: 'ready', tenants, detail: [...detail, ...ofTenants].slice(0, MAX_DETAIL) };
    },
  );
}

const aboutToEnd = () =>
  new ServiceError('RECOMMENDER_CLOSING', 'The service is about to end; send requests to another one.');

/** Most sentences about many tenants. */
const MAX_DETAIL = 20;

/** What an operator should look at although the tenant is answered. */
function detailOfTenant(tenant: Tenant): string[] {
  const { generation, experimentFaults } = tenant.served();
  const state = tenant.state();
  return [...detailOf(state, generation.seqs.model), ...experimentDetail(state, experimentFaults)];
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
