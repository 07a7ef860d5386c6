import type { UserMetric } from './hits.js';

/** The term of MRR@k (Voorhees 1999): 1 over the place of the first held-out item, 0 where none is among the first k. */
export const reciprocalRank: UserMetric = ({ places: [first] }) => (first === undefined ? 0 : 1 / first);
