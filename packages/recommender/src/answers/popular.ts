import type { Attraction } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import { candidates } from './candidates.js';
import type { Candidates } from './candidates.js';
import { entryOf } from './entry.js';
import type { Recommender } from './recommender.js';

/**
 * The most visited first, for whoever asks: of the park, or of all parks where the request names none. Equal numbers by item. It
 * knows every attraction, those never visited too, so it is the end of every chain.
 */
export function popularRecommender(generation: Generation): Recommender {
  const { visitors, attractions, parks } = generation;
  const byVisitors = (items: Uint32Array) =>
    items.sort((a, b) => (visitors[b] as number) - (visitors[a] as number) || a - b);
  const everywhere = byVisitors(Uint32Array.from(attractions.keys()));
  const inPark = new Map([...parks].map(([park, items]) => [park, byVisitors(items.slice())]));

  const reasonOf = (item: number) => popularReason((attractions[item] as Attraction).park, visitors[item] as number);

  return {
    recommend(request) {
      const wanted = candidates(generation, request);
      const order = (request.park === undefined ? undefined : inPark.get(request.park)) ?? everywhere;
      return {
        recommendations: firstPassing(order, wanted).map((item) => {
          const reason = request.explain === true ? reasonOf(item) : undefined;
          return entryOf(generation, item, visitors[item] as number, 'popular', reason);
        }),
        source: 'popular',
        generation: generation.seqs,
      };
    },
  };
}

/** The first items of an order that pass, `limit` at most. */
export function firstPassing(order: Iterable<number>, { limit, passes }: Candidates): number[] {
  const listed: number[] = [];
  for (const item of order) {
    if (!passes(item)) continue;
    listed.push(item);
    if (listed.length === limit) break;
  }
  return listed;
}

/** How popular, for people. */
export function popularReason(park: string, visitors: number): string {
  if (visitors === 0) return `in ${park}, not visited yet`;
  return `popular in ${park}: ${grouped(visitors)} ${visitors === 1 ? 'visitor' : 'visitors'}`;
}

/** With commas between the thousands; a number format of Intl takes 15 ms to make. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
