import type { Segment } from '@attractions/contracts';

/** A metric that decides who is better, so one that gets intervals. */
export type DecidingMetric = keyof Segment['measures'];

/** The metrics that decide, the first one first. */
export const decidingMetrics: readonly DecidingMetric[] = ['hitRate', 'ndcg'];
