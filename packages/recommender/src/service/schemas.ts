import { Type } from 'typebox';
import type { Static, TProperties, TSchema } from 'typebox';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../answers/recommender.js';

/** Longest user or attraction id, in UTF-16 units. */
export const MAX_ID_LENGTH = 256;

/** An object without other properties: a misspelt parameter is refused, not passed over. */
const closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });

const id = (description: string) => Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH, description });

const word = (description: string) => Type.String({ minLength: 1, maxLength: 100, description });

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** Path of everything about one user. */
export const UserParams = closed({
  userId: id('User id, percent-encoded: `@`, `/` and any letters may occur in it. Unknown users get a fallback.'),
});
export type UserParams = Static<typeof UserParams>;

/** Filters in the query of a list. */
export const ListQuery = closed({
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, description: 'Longest list.' }),
  ),
  park: Type.Optional(word('Only attractions of this park.')),
  theme: Type.Optional(
    Type.Array(word('A theme.'), {
      maxItems: 20,
      description: 'Only attractions with one of these themes; may repeat.',
    }),
  ),
  exclude: Type.Optional(
    Type.Array(id('An attraction id.'), { maxItems: 100, description: 'Never these attractions; may repeat.' }),
  ),
  include_visited: Type.Optional(
    Type.Boolean({ default: false, description: 'Whether attractions already visited may come again.' }),
  ),
  explain: Type.Optional(Type.Boolean({ default: false, description: 'Whether each entry carries a reason.' })),
});
export type ListQuery = Static<typeof ListQuery>;

const source = Type.Union(
  ['als', 'fold-in', 'mapping', 'popular'].map((path) => Type.Literal(path)),
  {
    description: 'Which path found it: own factors, factors folded in from visits, a written list, or visitor numbers.',
  },
);

const seq = (feed: string) => Type.Integer({ minimum: 0, description: `Update of the ${feed} feed; 0: from no feed.` });

/** Which updates an answer comes from. */
export const GenerationAnswer = closed({
  model: seq('model'),
  visits: seq('visits'),
  attractions: seq('attractions'),
});

const PanelAnswer = closed({
  experiment: Type.String(),
  version: Type.Integer(),
  panel: Type.String(),
  bucket: Type.Integer({ minimum: 0, maximum: 9_999 }),
});

/** One list. */
export const ListAnswer = closed({
  recommendations: Type.Array(
    closed({
      attractionId: Type.String(),
      name: Type.String(),
      score: Type.Number({ description: 'On the scale of its source; falls within one source.' }),
      source,
      reason: Type.Optional(Type.String()),
    }),
  ),
  source,
  panel: Type.Optional(PanelAnswer),
  generation: GenerationAnswer,
});

/** What is running. */
export const VersionAnswer = closed({
  name: Type.String(),
  version: Type.String({ description: 'Of the package.' }),
  generation: GenerationAnswer,
  servedSince: Type.String({ format: 'date-time', description: 'When this generation took over, UTC.' }),
  experiment: orNull(closed({ experiment: Type.String(), version: Type.Integer() })),
});

/** Whether the process lives, or can answer. */
export const HealthAnswer = closed({ status: Type.String() });

/** An error, after RFC 9457; `type` is always `about:blank`, so `code` tells errors of one status apart. */
export const Problem = closed({
  type: Type.String(),
  title: Type.String({ description: 'The words of the HTTP status.' }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String({ description: 'A sentence with the offending value and the mend.' }),
  code: Type.String({ description: 'Stable; safe to test for.' }),
});
export type Problem = Static<typeof Problem>;
