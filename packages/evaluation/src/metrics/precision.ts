import type { UserMetric } from './hits.js';

/** Precision@k: held-out items among the first k, over k; a list shorter than k is not let off (trec_eval's P). */
export const precision: UserMetric = ({ places, k }) => places.length / k;
