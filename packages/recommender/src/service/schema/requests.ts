import { Type } from 'typebox';
import type { Static } from 'typebox';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../../answers/recommender.js';
import { closed, id, word } from './parts.js';

/** Most attractions on one page of the catalogue. */
const MAX_PAGE = 1_000;

/** Most users in one body. */
const MAX_USERS = 100;

const limit = Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, description: 'Longest list.' });
const park = word('Only attractions of this park.');
const themes = Type.Array(word('A theme.'), {
  maxItems: 20,
  description: 'Only attractions with one of these themes.',
});
const ids = (description: string) => Type.Array(id('An attraction id.'), { maxItems: 100, description });
const deny = ids('Never these attractions.');
const includeVisited = Type.Boolean({
  default: false,
  description: 'Whether attractions already visited may come again.',
});
const explain = Type.Boolean({ default: false, description: 'Whether each entry carries a reason.' });

const filters = {
  limit: Type.Optional(limit),
  park: Type.Optional(park),
  theme: Type.Optional(themes),
  exclude: Type.Optional(deny),
  explain: Type.Optional(explain),
};

/** Path of everything about one user. */
export const UserParams = closed({
  userId: id('User id, percent-encoded: `@`, `/` and any letters may occur in it. Unknown users get a fallback.'),
});
export type UserParams = Static<typeof UserParams>;

/** Query of a user's list. */
export const ListQuery = closed({ ...filters, include_visited: Type.Optional(includeVisited) });
export type ListQuery = Static<typeof ListQuery>;

/** Query of a comparison of panels. */
export const PanelsQuery = closed({ limit: Type.Optional(limit), park: Type.Optional(park) });
export type PanelsQuery = Static<typeof PanelsQuery>;

/** Path of everything about one attraction. */
export const AttractionParams = closed({ attractionId: id('Attraction id, `park:poi`, percent-encoded.') });
export type AttractionParams = Static<typeof AttractionParams>;

/** Query of the attractions like another. */
export const SimilarQuery = closed(filters);
export type SimilarQuery = Static<typeof SimilarQuery>;

/** Query of the catalogue. */
export const CatalogueQuery = closed({
  park: Type.Optional(park),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: MAX_PAGE, description: 'Longest page.' }),
  ),
  after: Type.Optional(id('The last attraction id of the page before, as its `next` says.')),
});
export type CatalogueQuery = Static<typeof CatalogueQuery>;

/** Body that asks for a list for a visitor known by visits alone, or for the lists of many users. */
export const ListBody = closed({
  visits: Type.Optional(
    Type.Array(id('An attraction id.'), { maxItems: 1_000, description: 'Where this visitor went, repeats counted.' }),
  ),
  users: Type.Optional(
    Type.Array(id('A user id.'), {
      minItems: 1,
      maxItems: MAX_USERS,
      description: 'Users to make a list for, each; the answer is then one of `lists`. Not together with `visits`.',
    }),
  ),
  limit: Type.Optional(limit),
  park: Type.Optional(park),
  themes: Type.Optional(themes),
  allow: Type.Optional(ids('Only these attractions.')),
  deny: Type.Optional(deny),
  includeVisited: Type.Optional(includeVisited),
  explain: Type.Optional(explain),
});
export type ListBody = Static<typeof ListBody>;
