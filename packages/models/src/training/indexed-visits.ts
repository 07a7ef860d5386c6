import type { VisitsTable } from '@attractions/contracts';
import { vocabularyOf } from './vocabulary.js';
import type { TextTableFor } from './vocabulary.js';

/** Visits as a kind trains on them: names once, numbers for the rest. */
export interface IndexedVisits {
  /** Ascending by UTF-16 code unit, so that the order of the visits does not show. */
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** One pair a visit, so the weight of a (user, attraction) pair is its number of visits. */
  readonly interactions: {
    readonly userCount: number;
    readonly itemCount: number;
    readonly users: Uint32Array;
    readonly items: Uint32Array;
    /** A hash of each id. */
    readonly userKeys: Uint32Array;
    readonly itemKeys: Uint32Array;
  };
}

/** A table never changes, and several kinds learn from the same one; keyed by it, so that its index goes when it goes. */
const indexed = new WeakMap<VisitsTable, IndexedVisits>();

/**
 * Names and pairs of a visits table, found once and then kept. Vocabularies are sorted, so a model does not depend on the order of the visits.
 *
 * @param tableFor who numbers the texts; default: a table in TypeScript
 * @throws ModelsError MODELS_VISITS_INVALID where a column is missing or holds a null
 */
export function indexVisits(visits: VisitsTable, tableFor?: TextTableFor): IndexedVisits {
  const index = indexed.get(visits) ?? indexOf(visits, tableFor);
  indexed.set(visits, index);
  return index;
}

function indexOf(visits: VisitsTable, tableFor: TextTableFor | undefined): IndexedVisits {
  const users = vocabularyOf(visits.getChild('user_id'), 'user_id', tableFor);
  const attractions = vocabularyOf(visits.getChild('attraction_id'), 'attraction_id', tableFor);
  return {
    userIds: users.ids,
    attractionIds: attractions.ids,
    interactions: {
      userCount: users.ids.length,
      itemCount: attractions.ids.length,
      users: users.rows,
      items: attractions.rows,
      userKeys: users.keys,
      itemKeys: attractions.keys,
    },
  };
}
