import { Type } from 'typebox';
import type { Static, TSchema } from 'typebox';
import { DEFAULT_LIMIT, MAX_LIMIT } from '@attractions/recommender';
import { MAX_ID_LENGTH, closed, id, word } from './parts.js';

/** Most attractions on one page of the catalogue. */
const MAX_PAGE = 1_000;

/** Most users in one body. */
const MAX_USERS = 100;

/** Longest value of an attribute, in UTF-16 units. */
const MAX_ATTRIBUTE_LENGTH = 200;

/** Most visits in a body; a query has room for fewer. */
const [MAX_VISITS, MAX_VISITS_IN_QUERY] = [1_000, 100];

const limit = Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, description: 'Longest list.' });
const park = word(
  'Only attractions of this park. Without it, attractions of the park of the last visit within 8 hours come first; the answer says so in `assumed`.',
);
const themes = Type.Array(word('A theme.'), {
  maxItems: 20,
  description: 'Only attractions with one of these themes.',
});
const ids = (description: string) => Type.Array(id('An attraction id.'), { maxItems: 100, description });
const exclude = ids('Without these attractions; overrides `allow`.');
const includeVisited = Type.Boolean({
  default: false,
  description: 'Whether visited attractions may be recommended again.',
});
const explain = Type.Boolean({ default: false, description: 'Whether each entry carries a reason.' });

const time = (description: string) =>
  Type.String({
    maxLength: 40,
    description: `${description} RFC 3339. Without an offset it is the time on the clock of the park; with one it is converted to the time zone of the park. In a query, + is written %2B.`,
    examples: ['2014-08-05T14:30:00', '2014-08-05T12:30:00Z'],
  });
const at = time('The time of the request. Default: now.');

/** A parameter under its former name. */
function formerly<S extends TSchema>(schema: S, name: string) {
  const about = { deprecated: true, description: `The former name of \`${name}\`.` };
  return Type.Optional(Type.Unsafe<Static<S>>({ ...schema, default: undefined, ...about }));
}

const filters = {
  limit: Type.Optional(limit),
  park: Type.Optional(park),
  themes: Type.Optional(themes),
  allow: Type.Optional(ids('Only these attractions.')),
  exclude: Type.Optional(exclude),
  explain: Type.Optional(explain),
};

/** What else is known of a request, in a body. */
const Attributes = Type.Record(
  Type.String({ minLength: 1, maxLength: 100 }),
  Type.String({ maxLength: MAX_ATTRIBUTE_LENGTH }),
  {
    maxProperties: 20,
    description:
      'What else is known of the request, text by name: experiments may be for some requests only. In a query each is a parameter: `attributes.platform=ios`.',
    examples: [{ platform: 'ios' }],
  },
);

/** Parameters of a query that begin with this are attributes. */
const ATTRIBUTE_PREFIX = 'attributes.';

/** For the schema of a query with attributes. */
const attributesInQuery = {
  patternProperties: { '^attributes\\..{1,100}$': Type.String({ maxLength: MAX_ATTRIBUTE_LENGTH }) },
};

/** The attributes in a query, by their names without the prefix; undefined where there are none. */
export function attributesIn(query: object): Record<string, string> | undefined {
  let attributes: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(query))
    if (name.startsWith(ATTRIBUTE_PREFIX)) (attributes ??= {})[name.slice(ATTRIBUTE_PREFIX.length)] = value;
  return attributes;
}

/** What a query says about the visitor. */
const visitor = {
  at: Type.Optional(at),
  visits: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH + 41 }), {
      maxItems: MAX_VISITS_IN_QUERY,
      description:
        'Visits of the visitor, in addition to the known ones; repetitions count. Each is an attraction id, or `id@TIME` with a time as in `at`. The text after the last `@` is a time if it begins with a date.',
      examples: [['epcot:7', 'epcot:12@2014-08-05T14:10:00']],
    }),
  ),
};

/** Path parameters of the routes of one user. */
export const UserParams = closed({
  userId: id('User id, percent-encoded: it may contain `@`, `/` and any letters. Unknown users get a fallback.'),
});
export type UserParams = Static<typeof UserParams>;

/** Query of a user's list. */
export const ListQuery = closed(
  {
    ...visitor,
    ...filters,
    includeVisited: Type.Optional(includeVisited),
    theme: formerly(themes, 'themes'),
    include_visited: formerly(includeVisited, 'includeVisited'),
  },
  attributesInQuery,
);
export type ListQuery = Static<typeof ListQuery>;

/** Query of a comparison of panels. */
export const PanelsQuery = closed(
  { ...visitor, limit: Type.Optional(limit), park: Type.Optional(park) },
  attributesInQuery,
);
export type PanelsQuery = Static<typeof PanelsQuery>;

/** Path parameters of the routes of one attraction. */
export const AttractionParams = closed({ attractionId: id('Attraction id, `park:poi`, percent-encoded.') });
export type AttractionParams = Static<typeof AttractionParams>;

/** Query of similar attractions. */
export const SimilarQuery = closed({ ...filters, theme: formerly(themes, 'themes') });
export type SimilarQuery = Static<typeof SimilarQuery>;

/** Query of the catalogue. */
export const CatalogueQuery = closed({
  park: Type.Optional(park),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: MAX_PAGE, description: 'Longest page.' }),
  ),
  after: Type.Optional(id('The last attraction id of the previous page: its `next`.')),
});
export type CatalogueQuery = Static<typeof CatalogueQuery>;

/** Body of a request for the list of one visitor, or for the lists of many users. */
export const ListBody = closed(
  {
    userId: Type.Optional(id('User id; unknown users get a fallback. Without it: an anonymous visitor.')),
    visits: Type.Optional(
      Type.Array(
        Type.Union([
          id('An attraction id.'),
          closed({ attractionId: id('An attraction id.'), visitedAt: time('The time of the visit.') }),
        ]),
        {
          maxItems: MAX_VISITS,
          description: 'Visits of this visitor, in addition to the known ones of the user; repetitions count.',
        },
      ),
    ),
    at: Type.Optional(at),
    users: Type.Optional(
      Type.Array(id('A user id.'), {
        minItems: 1,
        maxItems: MAX_USERS,
        description:
          'Users, each of whom gets a list; the answer then has `lists`. Not together with `userId` or `visits`.',
      }),
    ),
    ...filters,
    includeVisited: Type.Optional(includeVisited),
    attributes: Type.Optional(Attributes),
    deny: formerly(exclude, 'exclude'),
  },
  {
    description: 'One visitor, or many users.',
    examples: [
      {
        userId: 'ana',
        park: 'epcot',
        at: '2014-08-05T14:30:00',
        visits: ['epcot:7', { attractionId: 'epcot:12', visitedAt: '2014-08-05T14:10:00' }],
        limit: 5,
      },
      { visits: ['epcot:7'], at: '2014-08-05T12:30:00Z' },
      { users: ['ana', 'bob'], park: 'epcot', at: '2014-08-05T09:00:00' },
    ],
  },
);
export type ListBody = Static<typeof ListBody>;

/** Most events in one body, and its length. */
export const MAX_EVENTS_BYTES = 512 * 1_024;
const MAX_EVENTS = 500;

/** Body of a report of events. */
export const EventsBody = closed(
  {
    events: Type.Array(
      closed({
        eventId: id(
          'Chosen by the client, such as a UUID. An event that is sent again, with the same id, counts once.',
        ),
        userId: id('Who did it, as in the requests for lists.'),
        type: word('`view`, `click`, `visit`, `rating`, or any other type of yours.'),
        attractionId: Type.Optional(id('The attraction that it is about.')),
        at: Type.Optional(
          Type.String({
            maxLength: 40,
            description:
              'When it happened: RFC 3339 with an offset, at most a day ahead of the clock of the service. It may be long ago. Default: when it is received.',
            examples: ['2014-08-05T14:30:00Z', '2014-08-05T10:30:00-04:00'],
          }),
        ),
        value: Type.Optional(Type.Number({ description: 'A number that goes with it, such as stars or an amount.' })),
        requestId: Type.Optional(id('`requestId` of the list that led to it.')),
      }),
      { minItems: 1, maxItems: MAX_EVENTS },
    ),
  },
  {
    description: 'What users did.',
    examples: [
      {
        events: [
          {
            eventId: '7f1c2a34-9d3e-4f5a-8b6c-0d1e2f3a4b5c',
            userId: 'ana',
            type: 'click',
            attractionId: 'epcot:7',
            at: '2014-08-05T14:31:02Z',
          },
        ],
      },
    ],
  },
);
export type EventsBody = Static<typeof EventsBody>;
