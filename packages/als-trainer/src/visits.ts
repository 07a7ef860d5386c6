import type { VisitsTable } from '@attractions/feeds';

import type { Interactions } from './interactions.js';
import { vocabularyOf } from './vocabulary.js';

/** Visits as a trainer takes them, with the names of the rows. */
export interface IndexedVisits {
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** One pair a visit, so the weight of a (user, attraction) pair is its number of visits. */
  readonly interactions: Required<Omit<Interactions, 'weights'>>;
}

/**
 * Names and pairs of a visits table. Vocabularies are sorted and first vectors seeded by id, so a model depends neither on
 * the order of the visits nor, row for row, on which other users there are.
 */
export function indexVisits(visits: VisitsTable): IndexedVisits {
  const users = vocabularyOf(visits.getChild('user_id'), 'user_id');
  const attractions = vocabularyOf(visits.getChild('attraction_id'), 'attraction_id');
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
