import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.js';
import type { ReportedEvent } from '../recording/events.js';
import { EventsAnswer, problems } from '../schema/answers.js';
import { EventsBody, MAX_EVENTS_BYTES } from '../schema/requests.js';

/** What users did, as clients report it. */
export function events(server: FastifyInstance): void {
  server.post<{ Body: EventsBody }>(
    '/events',
    {
      bodyLimit: MAX_EVENTS_BYTES,
      config: { scope: 'events', snapshot: false },
      schema: {
        operationId: 'reportEvents',
        summary: 'Takes what users did; once answered, no event is lost. One that is sent again counts once.',
        tags: ['events'],
        body: EventsBody,
        response: { 202: EventsAnswer, ...problems },
      },
    },
    async ({ tenant, body }, reply) => {
      const nowMs = Date.now();
      const reported = body.events.map((event, n) => checked(event, n, nowMs));
      return reply.code(202).send(await tenant.take?.(reported));
    },
  );
}

/** How far ahead of ours the clock of a client may be. */
const MAX_AHEAD_MS = 86_400_000;

/** RFC 3339 with an offset: without one, nobody knows later which clock it was. */
const MOMENT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** @throws ServiceError RECOMMENDER_REQUEST_INVALID with what the schema cannot say */
function checked({ at, ...event }: EventsBody['events'][number], n: number, nowMs: number): ReportedEvent {
  const refuse = (name: string, fault: string): never => {
    throw new ServiceError(
      'RECOMMENDER_REQUEST_INVALID',
      `'events.${n}.${name}' in the body ${fault}. No event was taken.`,
    );
  };
  for (const [name, value] of Object.entries(event))
    if (typeof value === 'string' && /\p{Surrogate}/u.test(value))
      refuse(name, 'holds half a character (a lone surrogate); send well-formed text');
  if (at === undefined) return event;
  const atMs = MOMENT.test(at) && isDay(at.slice(0, 10)) ? Date.parse(at.toUpperCase().replace(' ', 'T')) : NaN;
  if (Number.isNaN(atMs))
    refuse('at', `is ${JSON.stringify(at)}; give a time with its offset, such as 2014-08-05T14:30:00Z`);
  if (atMs > nowMs + MAX_AHEAD_MS)
    refuse('at', `is ${at}, more than a day ahead of ${new Date(nowMs).toISOString()}; set the clock of the client`);
  return { ...event, at: new Date(atMs) };
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
