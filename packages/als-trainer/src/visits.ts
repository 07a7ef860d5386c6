import type { VisitsTable } from '@attractions/contracts';

import { AlsError } from './errors.js';
import type { Interactions } from './interactions.js';
import { vocabularyOf } from './vocabulary.js';

/** Visits as a trainer takes them, with the names of the rows. */
export interface IndexedVisits {
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** One pair a visit, so the weight of a (user, attraction) pair is its number of visits. */
  readonly interactions: Required<Omit<Interactions, 'weights' | 'daysAgo'>>;
}

/** A table never changes, and several trainers learn from the same one; keyed by it, so that its index goes when it goes. */
const indexed = new WeakMap<VisitsTable, IndexedVisits>();

/**
 * Names and pairs of a visits table, found once and then kept. Vocabularies are sorted and first vectors seeded by id, so a model depends neither on
 * the order of the visits nor, row for row, on which other users there are.
 */
export function indexVisits(visits: VisitsTable): IndexedVisits {
  const index = indexed.get(visits) ?? indexOf(visits);
  indexed.set(visits, index);
  return index;
}

function indexOf(visits: VisitsTable): IndexedVisits {
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

const dayMs = 86_400_000;

/** Days of each visit before the latest of the table. Not the clock's: the same visits always give the same model. */
export function visitAges(visits: VisitsTable): Float32Array {
  const column = visits.getChild('visited_at');
  if (!column || column.nullCount > 0)
    throw new AlsError('ALS_VISITS_INVALID', [
      'The visits lack a time in their column visited_at; every visit needs one where halfLifeDays is above 0.',
    ]);
  const times = Float64Array.from(column, Number);
  const latest = times.reduce((a, b) => Math.max(a, b), -Infinity);
  return Float32Array.from(times, (time) => (latest - time) / dayMs);
}
