import type { UserMetric } from './hits.js';

/**
 * The term of MAP@k: the precision at the place of each held-out item among the first k, summed, over all held-out items (trec_eval's
 * map_cut). Some libraries divide by min(k, relevant) instead; these figures are then smaller than theirs.
 */
export const averagePrecision: UserMetric = ({ places, relevant }) =>
  places.reduce((sum, place, before) => sum + (before + 1) / place, 0) / relevant;
