/** The places of the held-out items in the ranking for one user: all that a metric of one user needs. */
export interface Hits {
  /** Length of the list that is judged, 1 or more. */
  readonly k: number;
  /** Number of held-out items, 1 or more. */
  readonly relevant: number;
  /** Places of the held-out items within the first k, from 1, ascending. */
  readonly places: readonly number[];
}

/** The value for one user, from 0 to 1; higher is better. */
export type UserMetric = (hits: Hits) => number;

/** HR@k: 1 where any held-out item is among the first k, else 0. Also called success@k (trec_eval). */
export const hitRate: UserMetric = ({ places }) => (places.length > 0 ? 1 : 0);

/** Precision@k: held-out items among the first k, over k, also where the list is shorter (trec_eval's P). */
export const precision: UserMetric = ({ places, k }) => places.length / k;

/** Recall@k: held-out items among the first k, over all held-out items, even where there are more than k of them (trec_eval's recall). */
export const recall: UserMetric = ({ places, relevant }) => places.length / relevant;

/**
 * NDCG@k with gains of 1 (Järvelin and Kekäläinen 2002): the sum of 1 / log2(1 + place) over the held-out items among the first k, over
 * that of the best possible ranking, whose first min(k, relevant) places are all hits.
 */
export const ndcg: UserMetric = ({ places, relevant, k }) => {
  let gained = 0;
  for (const place of places) gained += gainAt(place);
  let best = 0;
  for (let place = 1; place <= Math.min(k, relevant); place++) best += gainAt(place);
  return gained / best;
};

const gainAt = (place: number): number => 1 / Math.log2(1 + place);

/** The term of MRR@k (Voorhees 1999): 1 over the place of the first held-out item, 0 where none is among the first k. */
export const reciprocalRank: UserMetric = ({ places: [first] }) => (first === undefined ? 0 : 1 / first);

/**
 * The term of MAP@k: the precision at the place of each held-out item among the first k, summed, over all held-out items (trec_eval's
 * map_cut). Some libraries divide by min(k, relevant) instead; these figures are then smaller than theirs.
 */
export const averagePrecision: UserMetric = ({ places, relevant }) =>
  places.reduce((sum, place, before) => sum + (before + 1) / place, 0) / relevant;

/** Catalogue coverage@k (Ge, Delgado-Battenfeld and Jannach 2010): the share of all items that are among the first k for at least one user. */
export function coverage(lists: readonly ArrayLike<number>[], itemCount: number): number {
  const shown = new Set<number>();
  for (const list of lists) for (let place = 0; place < list.length; place++) shown.add(list[place] as number);
  return shown.size / itemCount;
}

/**
 * Novelty@k of one list (Zhou et al. 2010): the mean of log2(visitors / visitors of the item), in bits: how surprising
 * it is to see the item in the history of a random visitor. An item without visitors counts as if it had one. 0 for an empty list.
 *
 * @param popularity visitors of each item.
 * @param visitors how many there are in all, at least as many as any item has.
 */
export function novelty(list: ArrayLike<number>, popularity: ArrayLike<number>, visitors: number): number {
  if (list.length === 0) return 0;
  let bits = 0;
  for (let place = 0; place < list.length; place++)
    bits += Math.log2(visitors / Math.max(1, popularity[list[place] as number] as number));
  return bits / list.length;
}

/**
 * Popularity bias@k of one list: the mean popularity of its items (ARP: Yin et al. 2012) over the mean popularity of all items.
 * 1 means no bias, 2 that the list is twice as popular as the catalogue. 0 for an empty list.
 *
 * @param popularity visitors of each item, not all 0.
 */
export function popularityBias(list: ArrayLike<number>, popularity: ArrayLike<number>): number {
  if (list.length === 0) return 0;
  let all = 0;
  for (let item = 0; item < popularity.length; item++) all += popularity[item] as number;
  let shown = 0;
  for (let place = 0; place < list.length; place++) shown += popularity[list[place] as number] as number;
  return shown / list.length / (all / popularity.length);
}
