import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRemembered, visitOf } from '@attractions/recommender';
import type { RecommendationRequest, Recommendations } from '@attractions/recommender';
import { ServiceError } from '../errors.js';
import { ListAnswer, ListsAnswer, problems } from '../schema/answers.js';
import { ListBody, ListQuery, UserParams } from '../schema/requests.js';
import type { Served } from '../served.js';
import { listAttributes } from '../tracing.js';
import { Type } from 'typebox';

/** What lists are made with. */
interface ListParts {
  served(): Served;
  /** Told of every list that goes out. */
  shown(shown: Shown): void;
}

/** A list as it goes out. */
export type ShownList = Recommendations & { readonly degraded?: true };

/** A list and whom it goes to. */
export interface Shown {
  readonly requestId: string;
  readonly userId: string | undefined;
  readonly list: ShownList;
}

/** Lists for people. */
export function recommendations(server: FastifyInstance, { served, shown }: ListParts): void {
  const listFor = ({ recommender, popular }: Served, asked: FastifyRequest, request: RecommendationRequest) => {
    const list: ShownList = asked.degraded
      ? { ...popular.recommend(request), degraded: true }
      : recommender.recommend(request);
    asked.span?.setAttributes(listAttributes(list));
    shown({ requestId: asked.id, userId: request.userId, list });
    return list;
  };

  // Of a remembered list all but what was assumed is the same each time.
  const texts = new WeakMap<ShownList['recommendations'], string>();
  const textOf = (reply: FastifyReply, list: ShownList): string => {
    if (!isRemembered(list)) return String(reply.serialize(list));
    let text = texts.get(list.recommendations);
    if (text === undefined) texts.set(list.recommendations, (text = String(reply.serialize(list))));
    return text;
  };
  const send = (reply: FastifyReply, { assumed, ...list }: ShownList): FastifyReply => {
    const text = textOf(reply, list);
    const whole = assumed === undefined ? text : `${text.slice(0, -1)},"assumed":${JSON.stringify(assumed)}}`;
    return reply.type('application/json; charset=utf-8').send(whole);
  };

  server.get<{ Params: UserParams; Querystring: ListQuery }>(
    '/v1/users/:userId/recommendations',
    {
      schema: {
        operationId: 'recommend',
        summary: 'Attractions for one user; for an unknown one, the popular ones.',
        tags: ['recommendations'],
        params: UserParams,
        querystring: ListQuery,
        response: { 200: ListAnswer, ...problems },
      },
    },
    (asked, reply) => {
      const { params, query } = asked;
      const list = listFor(served(), asked, {
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
      });
      return send(reply, list);
    },
  );

  server.post<{ Body: ListBody }>(
    '/v1/recommendations',
    {
      schema: {
        operationId: 'recommendMany',
        summary: 'Attractions for a visitor, by id, by visits or by both, or for each of many users.',
        tags: ['recommendations'],
        body: ListBody,
        response: { 200: Type.Union([ListAnswer, ListsAnswer]), ...problems },
      },
    },
    (asked, reply) => {
      const { users, deny, exclude, ...rest } = asked.body;
      const request = { ...rest, exclude: joined(exclude, deny) };
      const now = served();
      if (users === undefined) return send(reply, listFor(now, asked, request));
      const ofOne = (['visits', 'userId'] as const).find((name) => request[name] !== undefined);
      if (ofOne !== undefined)
        throw new ServiceError(
          'RECOMMENDER_REQUEST_INVALID',
          `The body has both 'users' and '${ofOne}', which is one visitor's; send that in a request of its own.`,
        );
      return reply.send({
        lists: users.map((userId) => ({ userId, ...listFor(now, asked, { ...request, userId }) })),
        generation: now.generation.seqs,
      });
    },
  );
}

/** A list of a query or body under its name and under its former one. */
function joined(
  list: readonly string[] | undefined,
  former: readonly string[] | undefined,
): readonly string[] | undefined {
  return list === undefined || former === undefined ? (list ?? former) : [...list, ...former];
}
