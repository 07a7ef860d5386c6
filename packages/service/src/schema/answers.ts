import { Type } from 'typebox';
import type { Static } from 'typebox';
import { SOURCE_MARK, closed, orNull } from './parts.js';

/** The possible values depend on the kinds of model that are on; `sourcesIn` adds them to the description. */
const source = Type.String({
  [SOURCE_MARK]: true,
  description:
    'The recommender that found it: what visitors of the park go to next; factors of the user; factors folded in from visits; a written list; or numbers of visitors.',
});

const seq = (feed: string) =>
  Type.Integer({ minimum: 0, description: `Update of the ${feed} feed; 0: not from a feed.` });

/** Which updates an answer comes from. */
const GenerationAnswer = closed({
  model: seq('model'),
  visits: seq('visits'),
  attractions: seq('attractions'),
});

const entries = Type.Array(
  closed({
    attractionId: Type.String(),
    name: Type.String(),
    score: Type.Number({ description: 'On the scale of its source; descends within one source.' }),
    source,
    reason: Type.Optional(Type.String()),
    team: Type.Optional(
      Type.String({ description: 'Of a list that two panels gave together, interleaved: the panel of this entry.' }),
    ),
  }),
);

const panel = closed({
  experiment: Type.String(),
  version: Type.Integer(),
  panel: Type.String(),
  bucket: Type.Integer({ minimum: 0, maximum: 9_999 }),
  forced: Type.Optional(Type.Boolean({ description: 'True for a tester, on whom the experiment forces the panel.' })),
});

const assumed = closed(
  {
    at: Type.Optional(
      Type.String({ description: 'The time used where the request has none: now, on the clock of the park.' }),
    ),
    timeZone: Type.Optional(
      Type.String({ description: 'IANA name of the time zone of that clock; present with `at`.' }),
    ),
    park: Type.Optional(
      orNull(
        Type.String({
          description: 'The park whose attractions come first where the request has none; null: all parks alike.',
        }),
      ),
    ),
    parkFrom: Type.Optional(
      Type.Union([Type.Literal('last-visit'), Type.Literal('no-recent-visit')], {
        description:
          'Why that park: the last visit within 8 hours was there, or there was no such visit; present with `park`.',
      }),
    ),
  },
  {
    description: 'What the answer assumed where the request left it open. Absent where it left nothing open.',
    examples: [{ at: '2014-08-05T14:30:12.345', timeZone: 'America/New_York', park: 'epcot', parkFrom: 'last-visit' }],
  },
);

const list = {
  recommendations: entries,
  source,
  panel: Type.Optional(panel),
  degraded: Type.Optional(
    Type.Boolean({ description: 'True where the service was too busy and answered from the popular list.' }),
  ),
  generation: GenerationAnswer,
  assumed: Type.Optional(assumed),
};

const requestId = Type.String({
  description: 'Of this request, as in `x-request-id`. Sent with an event, it says which list led to it.',
});

/** Attractions like another one; not a list for somebody. */
export const SimilarAnswer = closed(list, { description: 'One list.' });

/** One list. */
export const ListAnswer = closed({ ...list, requestId: Type.Optional(requestId) }, { description: 'One list.' });

/** Lists of many users, in the order asked. */
export const ListsAnswer = closed(
  { lists: Type.Array(closed({ userId: Type.String(), ...list })), generation: GenerationAnswer, requestId },
  { description: 'Lists of many users, in the order asked.' },
);

/** What each panel would show. */
export const PanelsAnswer = closed({
  assigned: orNull(panel),
  assignments: Type.Array(panel, { description: 'The panels of the user in all experiments, flags too.' }),
  panels: Type.Array(
    closed({
      experiment: Type.Optional(Type.String()),
      panel: Type.String(),
      recommender: Type.String(),
      recommendations: entries,
      source,
      assumed: Type.Optional(assumed),
    }),
  ),
  generation: GenerationAnswer,
});

/** A page of the catalogue. */
export const CatalogueAnswer = closed({
  attractions: Type.Array(
    closed({
      attractionId: Type.String(),
      park: Type.String(),
      name: Type.String(),
      themes: Type.Array(Type.String()),
      latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90, description: 'Degrees, WGS 84.' })),
      longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180, description: 'Degrees, WGS 84.' })),
      durationMinutes: Type.Optional(Type.Number()),
      visitors: Type.Integer({ minimum: 0, description: 'Distinct visitors that the model was trained on.' }),
    }),
  ),
  next: orNull(Type.String({ description: 'Pass as `after` for the next page; null on the last.' })),
  generation: GenerationAnswer,
});

/** All parks. */
export const ParksAnswer = closed({
  parks: Type.Array(closed({ park: Type.String(), attractions: Type.Integer({ minimum: 1 }) })),
  generation: GenerationAnswer,
});

/** The visits of one user that the model knows. */
export const VisitsAnswer = closed({
  known: Type.Boolean({ description: 'Whether the model knows this user.' }),
  visits: Type.Array(
    closed({ attractionId: Type.String(), name: Type.String(), visits: Type.Integer({ minimum: 1 }) }),
  ),
  generation: GenerationAnswer,
});

const running = closed({ experiment: Type.String(), version: Type.Integer() });

/** What is running. */
export const VersionAnswer = closed({
  name: Type.String(),
  version: Type.String({ description: 'Of the package.' }),
  generation: GenerationAnswer,
  servedSince: Type.String({ description: 'When this generation came into use: UTC, ISO 8601.' }),
  experiment: orNull(running),
  experiments: Type.Array(running, {
    description: 'All that run; `experiment` is the one that decides lists and was changed last.',
  }),
});

/** Whether the process is alive. */
export const HealthAnswer = closed({ status: Type.String() });

/** Whether it can answer, and what an operator should look at. */
export const ReadyAnswer = closed({
  status: Type.String(),
  generation: GenerationAnswer,
  detail: Type.Array(Type.String(), {
    description: 'What an operator should look at although the service answers; often empty.',
  }),
});

/** Whether a service for many tenants takes requests; the rest is for its operators. */
export const FleetReadyAnswer = closed({
  status: Type.String(),
  tenants: Type.Optional(
    closed({
      known: Type.Integer({ minimum: 0, description: 'Tenants in the file.' }),
      loaded: Type.Integer({ minimum: 0, description: 'Tenants whose models are in memory.' }),
      unavailable: Type.Integer({ minimum: 0, description: 'Tenants whose models could not be loaded.' }),
    }),
  ),
  detail: Type.Optional(
    Type.Array(Type.String(), { description: 'What an operator should look at; the first 20, often empty.' }),
  ),
});
export type FleetReadyAnswer = Static<typeof FleetReadyAnswer>;

/** What became of events. */
export const EventsAnswer = closed({
  taken: Type.Integer({ minimum: 0, description: 'Events that are new; they are stored.' }),
  known: Type.Integer({
    minimum: 0,
    description:
      'Events that this service has taken before, by their ids. Those that another one has taken are left out later.',
  }),
});

/** The generation after a rollback. */
export const RollbackAnswer = closed({ generation: GenerationAnswer });

/** An error, as in RFC 9457; `type` is always `about:blank`, and `code` distinguishes errors of one status. */
export const Problem = closed({
  type: Type.String(),
  title: Type.String({ description: 'The words of the HTTP status.' }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String({ description: 'A sentence with the offending value and the fix.' }),
  code: Type.String({ description: 'Stable; safe to test for.' }),
});
export type Problem = Static<typeof Problem>;

/** The error answers of a route. */
export const problems = {
  '4xx': {
    description: 'The request is not valid or not allowed.',
    content: { 'application/problem+json': { schema: Problem } },
  },
  '5xx': {
    description: 'The service cannot answer now.',
    content: { 'application/problem+json': { schema: Problem } },
  },
};
