import type { Attributes } from '@attractions/experiments';
import { textsKeptOf, visitOf } from '@attractions/recommender';
import type { RecommendationRequest, Recommendations } from '@attractions/recommender';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ServiceError } from '../errors.js';
import { ListAnswer, ListsAnswer, problems } from '../schema/answers.js';
import { ListBody, ListQuery, UserParams, attributesIn } from '../schema/requests.js';
import type { Served } from '../served.js';
import type { Metrics } from '../telemetry/metrics.js';
import { listAttributes } from '../telemetry/tracing.js';

/** A list as it goes out. */
export type ShownList = Recommendations & { readonly degraded?: true };

/** A list, its request and its user. */
export interface Shown {
  readonly requestId: string;
  readonly userId: string | undefined;
  /** Park and attributes of the request: targets of experiments are recomputed from them. */
  readonly park?: string | undefined;
  readonly attributes?: Attributes | undefined;
  readonly list: ShownList;
}

/** The lists of recommendations. */
export function recommendations(server: FastifyInstance, { answered }: Pick<Metrics, 'answered'>): void {
  const listFor = ({ recommender, popular }: Served, httpRequest: FastifyRequest, request: RecommendationRequest) => {
    const list: ShownList = httpRequest.degraded
      ? { ...popular.recommend(request), degraded: true }
      : recommender.recommend(request);
    httpRequest.span?.setAttributes(listAttributes(list));
    const { userId, park, attributes } = request;
    answered(list, list.degraded === true);
    httpRequest.tenant.shown?.({ requestId: httpRequest.id, userId, park, attributes, list });
    return list;
  };

  const textOf = (reply: FastifyReply, list: ShownList): string => {
    const kept = textsKeptOf(list);
    // Ids of requests need no escapes.
    const end = `,"requestId":"${reply.request.id}"}`;
    if (kept === undefined) return String(reply.serialize(list)).slice(0, -1) + end;
    // Only `assumed` and the id differ each time, so the text is kept without them and without the closing brace.
    kept.answer ??= String(reply.serialize({ ...list, assumed: undefined })).slice(0, -1);
    if (list.assumed === undefined) return kept.answer + end;
    return `${kept.answer},"assumed":${JSON.stringify(list.assumed)}${end}`;
  };
  // Returns nothing: Fastify would await a returned value like a promise.
  const send = (reply: FastifyReply, list: ShownList): void => {
    reply.type('application/json; charset=utf-8').send(textOf(reply, list));
  };

  server.get<{ Params: UserParams; Querystring: ListQuery }>(
    '/users/:userId/recommendations',
    {
      schema: {
        operationId: 'recommend',
        summary: 'Attractions for one user; an unknown user gets popular ones.',
        tags: ['recommendations'],
        params: UserParams,
        querystring: ListQuery,
        response: { 200: ListAnswer, ...problems },
      },
    },
    (httpRequest, reply) => {
      const { params, query } = httpRequest;
      const list = listFor(httpRequest.tenant.served(), httpRequest, {
        userId: params.userId,
        visits: query.visits?.map(visitOf),
        at: query.at,
        limit: query.limit,
        park: query.park,
        themes: joined(query.themes, query.theme),
        allow: query.allow,
        exclude: query.exclude,
        includeVisited: query.includeVisited === true || query.include_visited,
        explain: query.explain,
        attributes: attributesIn(query),
      });
      send(reply, list);
    },
  );

  server.post<{ Body: ListBody }>(
    '/recommendations',
    {
      schema: {
        operationId: 'recommendMany',
        summary: 'Attractions for one visitor, by user id, visits or both; or for each of many users.',
        tags: ['recommendations'],
        body: ListBody,
        response: { 200: Type.Union([ListAnswer, ListsAnswer]), ...problems },
      },
    },
    (httpRequest, reply) => {
      const { body } = httpRequest;
      const { users } = body;
      // Bodies have many shapes, one for each choice and order of fields. This request always has the same shape, for which V8 compiles the code that reads it.
      const request: RecommendationRequest = {
        userId: body.userId,
        visits: body.visits,
        at: body.at,
        limit: body.limit,
        park: body.park,
        themes: body.themes,
        allow: body.allow,
        exclude: joined(body.exclude, body.deny),
        includeVisited: body.includeVisited,
        explain: body.explain,
        attributes: body.attributes,
      };
      const now = httpRequest.tenant.served();
      if (users === undefined) return send(reply, listFor(now, httpRequest, request));
      const ofOne = (['visits', 'userId'] as const).find((name) => request[name] !== undefined);
      if (ofOne !== undefined)
        throw new ServiceError(
          'RECOMMENDER_REQUEST_INVALID',
          `The body has both 'users' and '${ofOne}', which is for one visitor; send '${ofOne}' in a separate request.`,
        );
      reply.send({
        lists: users.map((userId) => ({ userId, ...listFor(now, httpRequest, { ...request, userId }) })),
        generation: now.generation.seqs,
        requestId: httpRequest.id,
      });
    },
  );
}

/** Joins the lists that a request has under the name of a field and under its former name. */
function joined(
  list: readonly string[] | undefined,
  former: readonly string[] | undefined,
): readonly string[] | undefined {
  return list === undefined || former === undefined ? (list ?? former) : [...list, ...former];
}
