import { nextAttraction } from '@attractions/contracts';
import type { Attraction, NextAttractionModel, ParkTables } from '@attractions/contracts';
import { itemsNamed } from '../kind.js';
import type { Best, LastVisit, ScoringKind, Visitor } from '../kind.js';
import { hourOfDay, nextTerms, scoreNext, staleDays } from '../next-attraction-score.js';
import type { NextRequest, NextTerms } from '../next-attraction-score.js';
import type { Pool } from '../ranking/top-k.js';
import type { Generation } from '../snapshot/generation.js';
import { popularReason } from './popular.js';

/** A park as lists are made of it: its tables, and the item of each place in them. */
interface Park {
  readonly tables: ParkTables;
  readonly items: Uint32Array;
}

/**
 * What visitors of the park go to next: by what is popular, popular of late and at the hour of the request, by where this visitor was last in the park if
 * that is at most 8 hours ago, and by where else those go who have been to the same attractions. The score is the probability that the attraction is the next
 * new one, among those that pass the filters. It has no answer for a request without a park. Weights of visits make no difference: a visitor went on from there all the same. `@attractions/als-trainer` adds the training.
 */
export const nextAttractionScoring: ScoringKind<NextAttractionModel> = {
  name: 'next-attraction',
  contract: nextAttraction,

  check({ parks }, { model }) {
    const inTables = new Set(parks.flatMap(({ attractionIds }) => attractionIds));
    const missing = model.attractionIds.filter((id) => !inTables.has(id));
    if (missing.length === 0) return undefined;
    return `visited attraction '${missing[0]}' is not in the next-attraction tables (${missing.length} in all)`;
  },

  timeKey({ parks }, visitor) {
    const tables = parks.find(({ park }) => park === visitor.park);
    if (tables === undefined) return '';
    if (visitor.last !== undefined) return undefined;
    const isAway = tables.awayHours !== undefined && visitor.latest !== undefined;
    return `${hourOfDay(visitor.at)} ${staleDays(tables, visitor.at)}${isAway ? ' away' : ''}`;
  },

  scorer(model, snapshot) {
    const parks = new Map(
      model.parks.map((tables) => {
        const items = itemsNamed(nextAttractionScoring, tables.attractionIds, snapshot);
        return [tables.park, { tables, items }];
      }),
    );
    return (visitor) => {
      const here = parks.get(visitor.park ?? '');
      if (here === undefined) return undefined;
      const { last } = visitor;
      // Older tables do not know what it means to have been away.
      const latest = here.tables.awayHours === undefined ? last : (visitor.latest ?? last);
      const asked = askedOf(visitor, latest, snapshot);
      let reason: ((item: number) => string) | undefined;
      return {
        source: 'next-attraction',
        best: (pool, limit) => likeliest(here, scoreNext(here.tables, asked), pool, limit),
        reason: (item) => (reason ??= reasonsFrom(snapshot, here, nextTerms(here.tables, asked), last))(item),
      };
    };
  },
};

/** The visits that the request names come first, then those that the snapshot knows. */
function askedOf(
  { at, given, known }: Visitor,
  latest: LastVisit | undefined,
  { attractions }: Generation,
): NextRequest {
  const idOf = (item: number) => (attractions[item] as Attraction).attractionId;
  const visited: string[] = [];
  for (const item of given.items) visited.push(idOf(item));
  for (const item of known.items) visited.push(idOf(item));
  return {
    time: at,
    last: latest && { attractionId: idOf(latest.item), visitedAt: latest.visitedAt },
    visited,
  };
}

/** The attractions of the park that pass, best first, equal ones by item, each with its share of the softmax over all that pass. */
function likeliest({ items }: Park, scores: Float64Array, { passes }: Pool, limit: number): Best {
  const open = inOrder(items, scores, passes);
  const best = open[0] === undefined ? 0 : (scores[open[0]] as number);
  const odds = new Float64Array(open.length);
  let total = 0;
  for (let n = 0; n < open.length; n++) total += odds[n] = Math.exp((scores[open[n] as number] as number) - best);
  const length = Math.min(limit, open.length);
  const listed = { items: new Uint32Array(length), scores: new Float64Array(length) };
  for (let n = 0; n < length; n++) {
    listed.items[n] = items[open[n] as number] as number;
    listed.scores[n] = (odds[n] as number) / total;
  }
  return listed;
}

/** Above so many items, the built-in sort is faster than insertion. */
const FEW = 128;

/** The places of the items that pass, by falling score, equal ones by item. */
function inOrder(items: Uint32Array, scores: Float64Array, passes: Pool['passes']): Uint32Array {
  const open = new Uint32Array(items.length);
  let count = 0;
  for (let place = 0; place < items.length; place++)
    if (passes === undefined || passes(items[place] as number)) open[count++] = place;
  const found = open.subarray(0, count);
  const before = (a: number, b: number): number =>
    (scores[b] as number) - (scores[a] as number) || (items[a] as number) - (items[b] as number);
  if (count > FEW) return found.sort(before);
  for (let n = 1; n < count; n++) {
    const place = found[n] as number;
    let at = n;
    for (; at > 0 && before(found[at - 1] as number, place) > 0; at--) found[at] = found[at - 1] as number;
    found[at] = place;
  }
  return found;
}

/** The term by which an attraction stands out most among those of its park. */
function reasonsFrom(
  snapshot: Generation,
  { items }: Park,
  terms: NextTerms,
  last: LastVisit | undefined,
): (item: number) => string {
  return (item) => {
    const place = items.indexOf(item);
    const above = (values: readonly number[]): number =>
      (values[place] as number) - values.reduce((sum, value) => sum + value, 0) / values.length;
    const lead = { popular: above(terms.popular), lately: above(terms.lately), hour: above(terms.hour) };
    const onward = last === undefined ? -Infinity : above(terms.onward);
    const together = above(terms.together);
    const most = Math.max(onward, together, ...Object.values(lead));
    const { park } = snapshot.attractions[item] as Attraction;
    if (last !== undefined && most === onward)
      return `near ${(snapshot.attractions[last.item] as Attraction).name}, or often next to it`;
    if (most === together && together > 0) return 'often visited by those who went where you did';
    if (most === lead.hour) return 'often visited at this hour';
    if (most === lead.lately) return park === '' ? 'more popular of late' : `more popular in ${park} of late`;
    return popularReason(snapshot, item);
  };
}
