import type { UserMetric } from './hits.js';

/**
 * NDCG@k with gains of 1 (Järvelin and Kekäläinen 2002): the sum of 1 / log2(1 + place) over the held-out items among the first k, over
 * that of the best ranking there is, whose first min(k, relevant) places are all hits.
 */
export const ndcg: UserMetric = ({ places, relevant, k }) => {
  let gained = 0;
  for (const place of places) gained += gainAt(place);
  let best = 0;
  for (let place = 1; place <= Math.min(k, relevant); place++) best += gainAt(place);
  return gained / best;
};

const gainAt = (place: number): number => 1 / Math.log2(1 + place);
