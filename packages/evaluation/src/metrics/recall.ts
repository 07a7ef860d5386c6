import type { UserMetric } from './hits.js';

/** Recall@k: held-out items among the first k, over all held-out items, though more than k cannot be found (trec_eval's recall). */
export const recall: UserMetric = ({ places, relevant }) => places.length / relevant;
