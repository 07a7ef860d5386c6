import { hourOfDay, nextTerms, staleDays } from '@attractions/feeds';
import type { Attraction, NextTerms, ParkTables } from '@attractions/feeds';
import type { Generation } from '../generation/generation.js';
import { seenBy } from '../generation/generation.js';
import { candidates } from './candidates.js';
import { entryOf } from './entry.js';
import { lastVisitIn } from './last-visit.js';
import type { LastVisit } from './last-visit.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import { popularReason } from './popular.js';
import type { RecommendationRequest, Recommender } from './recommender.js';
import { attractionIdOf } from './visited.js';

/** What is known of the moment of a request. */
interface Moment {
  readonly tables: ParkTables;
  readonly terms: NextTerms;
  readonly last: LastVisit | undefined;
}

/**
 * What visitors of the park go to next: by what is popular, popular of late and at the hour of the request, by where this visitor was last in the park if
 * that is at most 8 hours ago, and by where else those go who have been to the same attractions. The score is the probability that the attraction is the next
 * new one, among those that pass the filters. Not able, so empty, where the request names no park, and where the generation has no such model.
 *
 * @param clocks default: UTC in every park
 */
export function nextAttractionRecommender(generation: Generation, clocks: ParkClocks = parkClocks()): Recommender {
  const tablesOf = new Map(generation.next?.parks.map((tables) => [tables.park, tables]));
  const lastVisit = lastVisitIn(generation, clocks);

  /** What the model's visits know of a user. */
  const knownOf = (userId: string | undefined): string[] => {
    const user = userId === undefined ? undefined : generation.userOf.get(userId);
    const items = user === undefined ? [] : seenBy(generation, user);
    return Array.from(items, (item) => generation.attractions[item]?.attractionId ?? '');
  };

  function momentOf(request: RecommendationRequest): Moment | undefined {
    const { userId, at, park, visits = [] } = request;
    const tables = tablesOf.get(park ?? '');
    if (tables === undefined) return undefined;
    const last = lastVisit(request, park);
    const visited = [...visits.map(attractionIdOf), ...knownOf(userId)];
    return { tables, terms: nextTerms(tables, { time: clocks.at(at)(park), last, visited }), last };
  }

  return {
    recommend(request) {
      const { limit, passes } = candidates(generation, request);
      const moment = momentOf(request);
      const listed = moment === undefined ? [] : likeliest(moment, generation.itemOf, passes).slice(0, limit);
      return {
        recommendations: listed.map(({ item, place, probability }) =>
          entryOf(
            generation,
            item,
            probability,
            'next-attraction',
            request.explain === true && moment !== undefined ? reasonOf(generation, moment, item, place) : undefined,
          ),
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

/** The attractions of the park that pass, best first, equal ones by item, each with its share of the softmax. */
function likeliest(
  { tables, terms }: Moment,
  itemOf: Generation['itemOf'],
  passes: (item: number) => boolean,
): { item: number; place: number; probability: number }[] {
  const open = tables.attractionIds
    .map((id, place) => ({ item: itemOf.get(id) as number, place, score: scoreAt(terms, place) }))
    .filter(({ item }) => passes(item))
    .sort((a, b) => b.score - a.score || a.item - b.item);
  const best = open[0]?.score ?? 0;
  const odds = open.map(({ score }) => Math.exp(score - best));
  const total = odds.reduce((sum, each) => sum + each, 0);
  return open.map(({ item, place }, n) => ({ item, place, probability: (odds[n] as number) / total }));
}

const scoreAt = ({ popular, lately, hour, onward, together }: NextTerms, place: number): number =>
  (popular[place] as number) +
  (lately[place] as number) +
  (hour[place] as number) +
  (onward[place] as number) +
  (together[place] as number);

/** The term by which the attraction stands out most among those of its park. */
function reasonOf(generation: Generation, { terms, last }: Moment, item: number, place: number): string {
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
}
