/**
 * The OpenFeature Remote Evaluation Protocol 0.3: any OpenFeature client asks for the panels of experiments by their names. Its errors have the form of the
 * protocol; keys, rates and overload are refused as on every other path.
 */
import { createHash } from 'node:crypto';
import { assignmentIn, decidesLists } from '@attractions/experiments';
import type { Assignment, Attributes, Experiment, PanelOf } from '@attractions/experiments';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../http/problem.js';
import { EvaluationBody, EvaluationFailure, FlagAnswer, FlagParams, FlagsAnswer } from '../schema/ofrep.js';
import { problems } from '../schema/answers.js';
import type { Served } from '../served.js';

/** The two evaluations of the protocol. */
export function ofrep(server: FastifyInstance): void {
  const flagsOf = onceFor(preparedFlags);

  server.post<{ Params: FlagParams; Body: EvaluationBody }>(
    '/ofrep/v1/evaluate/flags/:key',
    {
      errorHandler: onEvaluationError,
      schema: {
        operationId: 'evaluateFlag',
        summary: 'The panel of one user in one experiment, for an OpenFeature client; recorded as shown.',
        tags: ['flags'],
        params: FlagParams,
        body: EvaluationBody,
        response: { 200: FlagAnswer, 400: EvaluationFailure, 404: EvaluationFailure, ...problems },
      },
    },
    async ({ id, tenant, params: { key }, body }, reply) => {
      const served = tenant.served();
      const flags = flagsOf(served);
      const flag = flags.get(key);
      if (flag === undefined) {
        const known = [...flags.keys()].slice(0, 20).join(', ');
        const errorDetails = `There is no experiment '${key}'; ${known === '' ? 'none runs' : `there are: ${known}`}.`;
        return reply.code(404).send({ key, errorCode: 'FLAG_NOT_FOUND', errorDetails });
      }
      const { userId, attributes } = contextIn(body);
      if (userId === undefined) return reply.code(400).send({ key, ...KEY_MISSING });
      const { answer, panel } = flag(userId, attributes);
      if (panel !== undefined && !decidesLists(flag.experiment)) {
        const { park, ...others } = attributes;
        const list = { recommendations: [], source: 'flag', panel, generation: served.generation.seqs };
        const known = Object.keys(others).length > 0 ? others : undefined;
        tenant.shown?.({ requestId: id, userId, park, attributes: known, list });
      }
      return answer;
    },
  );

  server.post<{ Body: EvaluationBody }>(
    '/ofrep/v1/evaluate/flags',
    {
      errorHandler: onEvaluationError,
      schema: {
        operationId: 'evaluateFlags',
        summary: 'The panels of one user in all experiments, for an OpenFeature client; not recorded.',
        tags: ['flags'],
        body: EvaluationBody,
        response: { 200: FlagsAnswer, 400: EvaluationFailure, ...problems },
      },
    },
    async ({ tenant, headers, body }, reply) => {
      const { userId, attributes } = contextIn(body);
      if (userId === undefined) return reply.code(400).send(KEY_MISSING);
      const flags = Array.from(flagsOf(tenant.served()).values(), (flag) => flag(userId, attributes).answer);
      const etag = `"${createHash('sha256').update(JSON.stringify(flags)).digest('base64url')}"`;
      reply.header('etag', etag);
      if (holds(headers['if-none-match'], etag)) return reply.code(304).send();
      return { flags };
    },
  );
}

const KEY_MISSING = {
  errorCode: 'TARGETING_KEY_MISSING',
  errorDetails: "The context has no 'targetingKey'; send the id of the user as it.",
};

/** How one experiment is evaluated. */
interface Flag {
  (userId: string, attributes: Attributes): { readonly answer: FlagAnswer; readonly panel?: PanelOf | undefined };
  readonly experiment: Experiment;
}

/** All experiments that run, and flags that were stopped, by name. */
function preparedFlags({ experiments, stopped }: Served): ReadonlyMap<string, Flag> {
  return new Map([
    ...stopped.filter((experiment) => !decidesLists(experiment)).map(stoppedFlag),
    ...experiments.map((experiment) => runningFlag(experiment, assignmentIn(experiment))),
  ]);
}

function runningFlag(experiment: Experiment, assignment: Assignment): [string, Flag] {
  const { experiment: key, version, panels } = experiment;
  const values = new Map(panels.map(({ name, value = name }) => [name, value]));
  const flag = (userId: string, attributes: Attributes) => {
    const panel = assignment(userId, attributes);
    if (panel === undefined) return { answer: { key, reason: 'DEFAULT', metadata: { experiment: key, version } } };
    const answer = {
      key,
      reason: panel.forced ? 'TARGETING_MATCH' : 'SPLIT',
      variant: panel.panel,
      value: values.get(panel.panel),
      metadata: { experiment: key, version, bucket: panel.bucket },
    };
    return { answer, panel };
  };
  return [key, Object.assign(flag, { experiment })];
}

/** Everybody gets the winner, or else their own default. */
function stoppedFlag(experiment: Experiment): [string, Flag] {
  const { experiment: key, version, panels, winner } = experiment;
  const panel = panels.find(({ name }) => name === winner);
  const metadata = { experiment: key, version };
  const answer =
    panel === undefined
      ? { key, reason: 'DISABLED', metadata }
      : { key, reason: 'STATIC', variant: panel.name, value: panel.value ?? panel.name, metadata };
  return [key, Object.assign(() => ({ answer }), { experiment })];
}

/** Most attributes of a context, and their longest name and value; what is beyond is left out, as clients put all they know into it. */
const [MAX_ATTRIBUTES, MAX_NAME_LENGTH, MAX_VALUE_LENGTH] = [20, 100, 200];

function contextIn({ context = {} }: EvaluationBody): { userId: string | undefined; attributes: Attributes } {
  const { targetingKey, ...others } = context;
  const texts = Object.entries(others).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [[name, String(value)] as const] : [],
  );
  const kept = texts.filter(([name, text]) => name.length <= MAX_NAME_LENGTH && text.length <= MAX_VALUE_LENGTH);
  return {
    userId: targetingKey === '' ? undefined : targetingKey,
    attributes: Object.fromEntries(kept.slice(0, MAX_ATTRIBUTES)),
  };
}

/** Whether `if-none-match` names the tag (RFC 9110, 13.1.2: compared weakly). */
function holds(header: string | undefined, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === etag);
}

/** A request that cannot be read, in the form of the protocol; refusals of the service keep theirs. */
function onEvaluationError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const document = problemOf(error, request.routeOptions.bodyLimit);
  if (document.status !== 400) throw error;
  const { key } = request.params as Partial<FlagParams>;
  const errorCode = error.validation === undefined ? 'PARSE_ERROR' : 'INVALID_CONTEXT';
  return reply
    .code(400)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ ...(key !== undefined && { key }), errorCode, errorDetails: document.detail });
}

/** The result of a function of what is served, made once for each. */
function onceFor<T>(make: (served: Served) => T): (served: Served) => T {
  const made = new WeakMap<Served, T>();
  return (served) => {
    let result = made.get(served);
    if (result === undefined) made.set(served, (result = make(served)));
    return result;
  };
}
