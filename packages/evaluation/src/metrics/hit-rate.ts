import type { UserMetric } from './hits.js';

/** HR@k: 1 where any held-out item is among the first k, else 0. Also called success@k (trec_eval). */
export const hitRate: UserMetric = ({ places }) => (places.length > 0 ? 1 : 0);
