import { hourOfDay, nextTerms, scoreNext, staleDays } from '@attractions/feeds';
import type { Attraction, NextRequest, NextTerms, ParkTables } from '@attractions/feeds';
import type { Generation } from '../generation/generation.js';
import { seenBy } from '../generation/generation.js';
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

  /** What the model's visits know of a user. */
  const knownOf = (userId: string | undefined): string[] => {
    const user = userId === undefined ? undefined : generation.userOf.get(userId);
    const items = user === undefined ? [] : seenBy(generation, user);
    return Array.from(items, (item) => generation.attractions[item]?.attractionId ?? '');
  };

  return {
    recommend(request) {
      const { limit, passes } = candidates(generation, request);
      const { userId, at, park = '', visits = [], explain = false } = request;
      const here = parks.get(park);
      if (here === undefined) return { recommendations: [], source: 'next-attraction', generation: generation.seqs };
      const last = lastVisit(request, park);
      const visited = [...visits.map(attractionIdOf), ...knownOf(userId)];
      const asked: NextRequest = { time: clocks.at(at)(park), last, visited };
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
  const scoreAt = (place: number) => scores[place] as number;
  const itemAt = (place: number) => items[place] as number;
  const open: number[] = [];
  for (let place = 0; place < items.length; place++) if (passes(itemAt(place))) open.push(place);
  open.sort((a, b) => scoreAt(b) - scoreAt(a) || itemAt(a) - itemAt(b));
  const best = open[0] === undefined ? 0 : scoreAt(open[0]);
  let total = 0;
  for (const place of open) total += Math.exp(scoreAt(place) - best);
  return open
    .slice(0, limit)
    .map((place) => ({ item: itemAt(place), place, probability: Math.exp(scoreAt(place) - best) / total }));
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
