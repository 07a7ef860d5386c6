import { ClientError } from './errors.js';
import { eventQueue } from './events.js';
import type { OnLost, SentEvent } from './events.js';
import { httpOf, randomId } from './http.js';
import type { Connection } from './http.js';
import type { operations } from './openapi.js';
import { sharing } from './sharing.js';

type Answer<Operation extends keyof operations> = operations[Operation] extends {
  readonly responses: { readonly 200: { readonly content: { readonly 'application/json': infer A } } };
}
  ? A
  : never;
type Query<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>;
type Body = operations['recommendMany']['requestBody']['content']['application/json'];

/** One visitor, by user id, visits or both. */
export type ListRequest = Omit<Body, 'users' | 'deny'>;

/** Many users, each of whom gets a list. */
export type ListsRequest = Omit<Body, 'userId' | 'visits' | 'deny'> & { readonly users: readonly string[] };

/** The list of one visitor. */
export type List = Exclude<Answer<'recommendMany'>, { lists: unknown }> & { readonly requestId: string };

/** The lists of many users, in the order asked. */
export type Lists = Extract<Answer<'recommendMany'>, { lists: unknown }>;

/** Attractions that the same visitors go to; not a list for somebody. */
export type Similar = Answer<'similar'>;

/** What a user did. `userId` may be left out where `requestId` is that of a list for one user. */
export type ClientEvent = Omit<SentEvent, 'userId' | 'eventId' | 'at'> & {
  readonly userId?: string;
  /** When it happened; default: now. */
  readonly at?: Date;
};

/** Options of {@link createClient}. */
export interface ClientOptions extends Connection {
  /** Called with events that the service refuses, and those that have no room. Default: they are dropped silently. */
  readonly onLost?: OnLost;
}

/** Options of one request. */
export interface RequestOptions {
  /** The promise rejects with its reason once it is aborted. */
  readonly signal?: AbortSignal;
}

/** Requests of one service. Each throws a {@link ClientError}. */
export interface Client {
  /** The service records each list that it sends as shown. The same request of two callers at the same time is sent once. */
  recommend(request: ListRequest, options?: RequestOptions): Promise<List>;
  recommend(request: ListsRequest, options?: RequestOptions): Promise<Lists>;
  similar(attractionId: string, filters?: Omit<Query<'similar'>, 'theme'>, options?: RequestOptions): Promise<Similar>;
  parks(options?: RequestOptions): Promise<Answer<'parks'>>;
  /** A page of the catalogue; its `next` is `after` of the next one. */
  attractions(page?: Query<'attractions'>, options?: RequestOptions): Promise<Answer<'attractions'>>;
  /**
   * Puts an event into the queue, which is sent when 50 wait, after 2 s, or when the page is hidden. Gives its id.
   * @throws ClientError CLIENT_EVENT_WITHOUT_USER
   */
  track(event: ClientEvent): string;
  /** Sends the events that wait, and settles once the service has them all. Await it before a Node process ends. */
  flush(): Promise<void>;
}

/** Lists whose users are remembered. */
const KEPT_LISTS = 1_000;

/** @throws ClientError CLIENT_OPTION_INVALID */
export function createClient({ onLost = () => undefined, ...connection }: ClientOptions): Client {
  const http = httpOf(connection);
  const queue = eventQueue(http, onLost);
  const share = sharing();
  /** The user of each list, by its request id. */
  const shownTo = new Map<string, string>();

  const keep = (requestId: string, userId: string) => {
    shownTo.set(requestId, userId);
    const [oldest] = shownTo.keys();
    if (shownTo.size > KEPT_LISTS && oldest !== undefined) shownTo.delete(oldest);
  };

  const get = (path: string, query: object, signal: AbortSignal | undefined) =>
    http.send({ method: 'GET', path: path + queryText(query), signal, requestId: randomId() });

  const recommend = (body: ListRequest | ListsRequest, { signal }: RequestOptions = {}) =>
    share(JSON.stringify(body), signal, async (signal) => {
      // A body, since addresses are logged on the way, and may not hold who somebody is.
      const requestId = randomId();
      const answer = (await http.send({ method: 'POST', path: 'recommendations', body, signal, requestId })) as object;
      if ('userId' in body && body.userId !== undefined) keep(requestId, body.userId);
      return { ...answer, requestId };
    });

  return {
    recommend: recommend as Client['recommend'],
    similar: (attractionId, filters = {}, { signal } = {}) =>
      get(`attractions/${encodeURIComponent(attractionId)}/similar`, filters, signal) as Promise<Similar>,
    parks: ({ signal } = {}) => get('parks', {}, signal) as Promise<Answer<'parks'>>,
    attractions: (page = {}, { signal } = {}) => get('attractions', page, signal) as Promise<Answer<'attractions'>>,
    track({ at = new Date(), userId, ...event }) {
      const user = userId ?? shownTo.get(event.requestId ?? '');
      if (user === undefined) {
        const text = `The event '${event.type}' has no userId, and ${event.requestId === undefined ? 'no requestId' : `'${event.requestId}' is not one of the last lists for a user`}; give it the userId.`;
        throw new ClientError('CLIENT_EVENT_WITHOUT_USER', text);
      }
      const eventId = randomId();
      queue.add({ ...event, eventId, userId: user, at: at.toISOString() });
      return eventId;
    },
    flush: queue.flush,
  };
}

/** A list repeats its name. */
function queryText(query: object): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : [[name, String(one)]])),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
