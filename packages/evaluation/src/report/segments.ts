import type { Interval, Segment } from '@attractions/contracts';
import type { Judgement } from '../judge/judge.js';
import type { Split } from '../splits/split.js';
import { bootstrapEach, differencesOf } from '../statistics/bootstrap.js';
import type { BootstrapOptions } from '../statistics/bootstrap.js';

/** A metric that decides which recommender is better, and so has intervals. */
export type DecidingMetric = keyof Segment['measures'];

/** The metrics that decide, the more important one first. */
export const decidingMetrics: readonly DecidingMetric[] = ['hitRate', 'ndcg'];

/** Requests that are measured together. */
export interface Group {
  readonly name: string;
  readonly requests: readonly number[];
}

/** The number of visited attractions at which each activity level begins. */
const LEVELS = [1, 4, 8, 12] as const;

/** All requests in one group. */
export const everyone = ({ requests }: Split): Group => ({ name: 'all', requests: [...requests.keys()] });

/** Requests by park; parks without one are left out. */
export function byPark({ requests, training }: Split): Group[] {
  return training.names.parks
    .map((name, park) => ({ name, requests: indicesOf(requests, (request) => request.park === park) }))
    .filter(hasRequests);
}

/** Requests by how many attractions of the park the visitor had been to; empty levels are left out. */
export function byActivity({ requests }: Split): Group[] {
  return LEVELS.map((from, level) => {
    const below = LEVELS[level + 1] ?? Infinity;
    const name = below === Infinity ? `${from} or more visited` : `${from} to ${below - 1} visited`;
    return { name, requests: indicesOf(requests, ({ visited: { length } }) => length >= from && length < below) };
  }).filter(hasRequests);
}

/** A judgement measured on a group, with the difference to the baseline on the same requests. */
export function segmentOf(group: Group, ours: Judgement, baseline: Judgement, options: BootstrapOptions): Segment {
  const of = ({ report }: Judgement, metric: DecidingMetric) =>
    group.requests.map((request) => report.perUser[metric]?.[request] as number);
  const [hitRate, ndcg] = [of(ours, 'hitRate'), of(ours, 'ndcg')];
  const rows = [
    hitRate,
    differencesOf(hitRate, of(baseline, 'hitRate')),
    ndcg,
    differencesOf(ndcg, of(baseline, 'ndcg')),
  ];
  const [hits, moreHits, gain, moreGain] = bootstrapEach(rows, options) as [Interval, Interval, Interval, Interval];
  const measures = { hitRate: { ...hits, difference: moreHits }, ndcg: { ...gain, difference: moreGain } };
  return { segment: group.name, requests: group.requests.length, measures };
}

const hasRequests = ({ requests }: Group): boolean => requests.length > 0;

function indicesOf<T>(values: readonly T[], holds: (value: T) => boolean): number[] {
  return [...values.keys()].filter((index) => holds(values[index] as T));
}
