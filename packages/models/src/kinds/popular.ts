import { popularity } from '@attractions/contracts';
import type { Attraction, Popularity } from '@attractions/contracts';
import type { ModelKind } from '../kind.js';
import type { Generation } from '../snapshot/generation.js';
import { indexVisits } from '../training/indexed-visits.js';
import { pairsByItem } from '../training/pairs.js';

/**
 * The most visited first, the same for everybody: of the park, or of all parks where the request names none. Equal numbers by item. It lists every attraction, also
 * those never visited, so it ends every chain. It is the baseline that every model has to beat. Weights of visits make no difference: a dislike is a visit too.
 */
export const popular: ModelKind<readonly Popularity[]> = {
  name: 'popular',
  contract: popularity,

  /** Most visitors first; equal ones by visits, then by id. No visits, no rows. */
  train(visits) {
    const index = indexVisits(visits);
    const { offsets, counts } = pairsByItem(index);
    const rows = index.attractionIds.map((attractionId, row) => {
      const each = counts.subarray(offsets[row], offsets[row + 1]);
      return { attractionId, visits: each.reduce((sum, count) => sum + count, 0), visitors: each.length };
    });
    // Attractions come sorted by id, and the sort is stable.
    return rows.sort((a, b) => b.visitors - a.visitors || b.visits - a.visits);
  },

  // The snapshot has the visitor counts of its ALS model, so nothing else is read to score.
  of: () => [],

  scorer(_, { visitors, attractions, parks }) {
    const byVisitors = (items: Uint32Array) =>
      items.sort((a, b) => (visitors[b] as number) - (visitors[a] as number) || a - b);
    const everywhere = byVisitors(Uint32Array.from(attractions.keys()));
    const inPark = new Map([...parks].map(([park, items]) => [park, byVisitors(items.slice())]));
    return ({ park }) => ({
      source: 'popular',
      best({ passes }, limit) {
        const order = (park === undefined ? undefined : inPark.get(park)) ?? everywhere;
        const items = firstPassing(order, passes, limit);
        return { items, scores: items.map((item) => visitors[item] as number) };
      },
      reason: (item) => popularReason({ attractions, visitors }, item),
    });
  },
};

/** The first items of an order that pass, `limit` at most. */
export function firstPassing(
  order: Iterable<number>,
  passes: ((item: number) => boolean) | undefined,
  limit: number,
): number[] {
  const listed: number[] = [];
  for (const item of order) {
    if (passes?.(item) === false) continue;
    listed.push(item);
    if (listed.length === limit) break;
  }
  return listed;
}

/** How popular an item is, for people. */
export function popularReason(
  { attractions, visitors }: Pick<Generation, 'attractions' | 'visitors'>,
  item: number,
): string {
  const { park } = attractions[item] as Attraction;
  const count = visitors[item] as number;
  // Without parks of its own, a catalogue is one park without a name.
  if (count === 0) return park === '' ? 'not visited yet' : `in ${park}, not visited yet`;
  const where = park === '' ? 'popular' : `popular in ${park}`;
  return `${where}: ${grouped(count)} ${count === 1 ? 'visitor' : 'visitors'}`;
}

/** With commas between the thousands; a number format of Intl takes 15 ms to make. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
