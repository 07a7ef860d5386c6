import { hourOfDay, nextTerms, scoreNext, staleDays } from '@attractions/models';
import type { Attraction, ParkTables } from '@attractions/contracts';
import type { NextRequest, NextTerms } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { seenBy } from '@attractions/models';
import { candidates } from './candidates.js';
import type { Candidates } from './candidates.js';
import { entryOf } from './entry.js';
import { lastVisitIn } from './last-visit.js';
import type { LastVisit } from './last-visit.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import { popularReason } from './popular.js';
import type { RecommendationRequest, Recommender } from './recommender.js';
import { attractionIdOf } from './visited.js';

/** A park as lists are made of it: its tables, and the item of each place in them. */
interface Park {
  readonly tables: ParkTables;
  readonly items: Uint32Array;
}

/**
 * What visitors of the park go to next: by what is popular, popular of late and at the hour of the request, by where this visitor was last in the park if
 * that is at most 8 hours ago, and by where else those go who have been to the same attractions. The score is the probability that the attraction is the next
 * new one, among those that pass the filters. Not able, so empty, where the request names no park, and where the generation has no such model.
 *
 * @param clocks default: UTC in every park
 */
export function nextAttractionRecommender(generation: Generation, clocks: ParkClocks = parkClocks()): Recommender {
  const parks = new Map(
    generation.next?.parks.map((tables) => {
      const items = Uint32Array.from(tables.attractionIds, (id) => generation.itemOf.get(id) as number);
      return [tables.park, { tables, items }];
    }),
  );
  const lastVisit = lastVisitIn(generation, clocks);

  /** Where the request says that the visitor was, and what the model's visits know of the user. */
  const visitedBy = ({ userId, visits = [] }: RecommendationRequest): string[] => {
    const ids: string[] = [];
    for (const visit of visits) ids.push(attractionIdOf(visit));
    const user = userId === undefined ? undefined : generation.userOf.get(userId);
    if (user !== undefined)
      for (const item of seenBy(generation, user)) ids.push((generation.attractions[item] as Attraction).attractionId);
    return ids;
  };

  return {
    recommend(request) {
      const { limit, passes } = candidates(generation, request);
      const { at, park = '', explain = false } = request;
      const here = parks.get(park);
      if (here === undefined) return { recommendations: [], source: 'next-attraction', generation: generation.seqs };
      const last = lastVisit(request, park);
      const asked: NextRequest = { time: clocks.at(at)(park), last, visited: visitedBy(request) };
      const listed = likeliest(here, scoreNext(here.tables, asked), { limit, passes });
      const reasonOf = explain ? reasonsFrom(generation, nextTerms(here.tables, asked), last) : () => undefined;
      return {
        recommendations: listed.map(({ item, place, probability }) =>
          entryOf(generation, item, probability, 'next-attraction', reasonOf(item, place)),
        ),
        source: 'next-attraction',
        generation: generation.seqs,
      };
    },
  };
}

/**
 * Prepares to say what a list of this generation depends on besides the rest of its request: the hour and how old the tables are, by the clock of the park.
 *
 * @returns a text that is the same where the lists are; undefined where the list changes from one millisecond to the next, right after a visit
 */
export function timeKeyIn(
  generation: Generation,
  clocks: ParkClocks,
): (request: RecommendationRequest) => string | undefined {
  const tablesOf = new Map(generation.next?.parks.map((tables) => [tables.park, tables]));
  const lastVisit = lastVisitIn(generation, clocks);
  return (request) => {
    const tables = tablesOf.get(request.park ?? '');
    if (tables === undefined) return '';
    if (lastVisit(request, request.park) !== undefined) return undefined;
    const time = clocks.at(request.at)(request.park);
    return `${hourOfDay(time)} ${staleDays(tables, time)}`;
  };
}

/** The attractions of the park that pass, best first, equal ones by item, each with its share of the softmax over all that pass. */
function likeliest(
  { items }: Park,
  scores: Float64Array,
  { limit, passes }: Pick<Candidates, 'limit' | 'passes'>,
): { item: number; place: number; probability: number }[] {
  const open = inOrder(items, scores, passes);
  const best = open[0] === undefined ? 0 : (scores[open[0]] as number);
  const odds = new Float64Array(open.length);
  let total = 0;
  for (let n = 0; n < open.length; n++) total += odds[n] = Math.exp((scores[open[n] as number] as number) - best);
  const listed = [];
  for (let n = 0; n < Math.min(limit, open.length); n++) {
    const place = open[n] as number;
    listed.push({ item: items[place] as number, place, probability: (odds[n] as number) / total });
  }
  return listed;
}

/** Above so many, a sort that needs a call for each comparison is the faster one. */
const FEW = 128;

/** The places of the items that pass, by falling score, equal ones by item. */
function inOrder(items: Uint32Array, scores: Float64Array, passes: (item: number) => boolean): Uint32Array {
  const open = new Uint32Array(items.length);
  let count = 0;
  for (let place = 0; place < items.length; place++) if (passes(items[place] as number)) open[count++] = place;
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
  generation: Generation,
  terms: NextTerms,
  last: LastVisit | undefined,
): (item: number, place: number) => string {
  return (item, place) => {
    const above = (values: readonly number[]): number =>
      (values[place] as number) - values.reduce((sum, value) => sum + value, 0) / values.length;
    const lead = { popular: above(terms.popular), lately: above(terms.lately), hour: above(terms.hour) };
    const onward = last === undefined ? -Infinity : above(terms.onward);
    const together = above(terms.together);
    const most = Math.max(onward, together, ...Object.values(lead));
    const { park } = generation.attractions[item] as Attraction;
    if (last !== undefined && most === onward) {
      const from = generation.attractions[generation.itemOf.get(last.attractionId) as number] as Attraction;
      return `near ${from.name}, or often next to it`;
    }
    if (most === together && together > 0) return 'often visited by those who went where you did';
    if (most === lead.hour) return 'often visited at this hour';
    if (most === lead.lately) return `more popular in ${park} of late`;
    return popularReason(park, generation.visitors[item] as number);
  };
}
