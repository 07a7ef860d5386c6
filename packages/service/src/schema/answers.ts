import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, orNull } from './parts.js';

const source = Type.Union(
  ['next-attraction', 'als', 'fold-in', 'mapping', 'popular'].map((path) => Type.Literal(path)),
  {
    description:
      'Which path found it: what visitors of the park go to next, own factors, factors folded in from visits, a written list, or visitor numbers.',
  },
);

const seq = (feed: string) => Type.Integer({ minimum: 0, description: `Update of the ${feed} feed; 0: from no feed.` });

/** Which updates an answer comes from. */
export const GenerationAnswer = closed({
  model: seq('model'),
  visits: seq('visits'),
  attractions: seq('attractions'),
});

const entries = Type.Array(
  closed({
    attractionId: Type.String(),
    name: Type.String(),
    score: Type.Number({ description: 'On the scale of its source; falls within one source.' }),
    source,
    reason: Type.Optional(Type.String()),
  }),
);

const panel = closed({
  experiment: Type.String(),
  version: Type.Integer(),
  panel: Type.String(),
  bucket: Type.Integer({ minimum: 0, maximum: 9_999 }),
});

const assumed = closed(
  {
    at: Type.Optional(
      Type.String({ description: 'The time taken: now, on the clock of the park; where the request gave none.' }),
    ),
    timeZone: Type.Optional(Type.String({ description: 'IANA name of the time zone of that clock; beside `at`.' })),
    park: Type.Optional(
      orNull(
        Type.String({
          description: 'The park whose attractions come first, or null: all alike; where the request gave none.',
        }),
      ),
    ),
    parkFrom: Type.Optional(
      Type.Union([Type.Literal('last-visit'), Type.Literal('no-recent-visit')], {
        description: 'Why: the last visit in the 8 hours before was there, or there was none; beside `park`.',
      }),
    ),
  },
  {
    description: 'What the request left open and the answer took for granted. Absent where it left nothing open.',
    examples: [{ at: '2014-08-05T14:30:12.345', timeZone: 'America/New_York', park: 'epcot', parkFrom: 'last-visit' }],
  },
);

const list = {
  recommendations: entries,
  source,
  panel: Type.Optional(panel),
  degraded: Type.Optional(
    Type.Boolean({ description: 'True where the service was too busy for more than the popular list.' }),
  ),
  generation: GenerationAnswer,
  assumed: Type.Optional(assumed),
};

/** One list. */
export const ListAnswer = closed(list, { description: 'One list.' });

/** Lists of many users, in the order asked. */
export const ListsAnswer = closed(
  { lists: Type.Array(closed({ userId: Type.String(), ...list })), generation: GenerationAnswer },
  { description: 'Lists of many users, in the order asked.' },
);

/** What each panel would show. */
export const PanelsAnswer = closed({
  assigned: orNull(panel),
  panels: Type.Array(
    closed({
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
      visitors: Type.Integer({ minimum: 0, description: 'Distinct visitors the model was trained on.' }),
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

/** What the model saw of one user. */
export const VisitsAnswer = closed({
  known: Type.Boolean({ description: 'Whether the model knows this user.' }),
  visits: Type.Array(
    closed({ attractionId: Type.String(), name: Type.String(), visits: Type.Integer({ minimum: 1 }) }),
  ),
  generation: GenerationAnswer,
});

/** What is running. */
export const VersionAnswer = closed({
  name: Type.String(),
  version: Type.String({ description: 'Of the package.' }),
  generation: GenerationAnswer,
  servedSince: Type.String({ description: 'When this generation took over: UTC, ISO 8601.' }),
  experiment: orNull(closed({ experiment: Type.String(), version: Type.Integer() })),
});

/** Whether the process lives. */
export const HealthAnswer = closed({ status: Type.String() });

/** Whether it can answer, and what the last change of generation left behind. */
export const ReadyAnswer = closed({
  status: Type.String(),
  generation: GenerationAnswer,
  detail: Type.Array(Type.String(), { description: 'What needs a look, though the service answers; often empty.' }),
});

/** What a rollback went back to. */
export const RollbackAnswer = closed({ generation: GenerationAnswer });

/** An error, after RFC 9457; `type` is always `about:blank`, so `code` tells errors of one status apart. */
export const Problem = closed({
  type: Type.String(),
  title: Type.String({ description: 'The words of the HTTP status.' }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String({ description: 'A sentence with the offending value and the mend.' }),
  code: Type.String({ description: 'Stable; safe to test for.' }),
});
export type Problem = Static<typeof Problem>;

/** The error answers of a route. */
export const problems = {
  '4xx': {
    description: 'The request cannot be answered as it stands.',
    content: { 'application/problem+json': { schema: Problem } },
  },
  '5xx': {
    description: 'The service cannot answer now.',
    content: { 'application/problem+json': { schema: Problem } },
  },
};
