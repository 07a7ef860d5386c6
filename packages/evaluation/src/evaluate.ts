import { EvaluationError } from './errors.js';
import { itemsByUser } from './held-out.js';
import type { HeldOut } from './held-out.js';
import { averagePrecision } from './metrics/average-precision.js';
import { coverage } from './metrics/coverage.js';
import { hitRate } from './metrics/hit-rate.js';
import type { Hits, UserMetric } from './metrics/hits.js';
import { ndcg } from './metrics/ndcg.js';
import { novelty } from './metrics/novelty.js';
import { popularityBias } from './metrics/popularity-bias.js';
import { precision } from './metrics/precision.js';
import { recall } from './metrics/recall.js';
import { reciprocalRank } from './metrics/reciprocal-rank.js';

/** The metrics whose value for one user follows from the places of the held-out items. Their means are HR, P, R, NDCG, MRR and MAP. */
export const userMetrics = {
  hitRate,
  precision,
  recall,
  ndcg,
  mrr: reciprocalRank,
  map: averagePrecision,
} satisfies Record<string, UserMetric>;

/** Every metric by the name that `evaluate` takes. */
export const metricNames = [
  ...(Object.keys(userMetrics) as (keyof typeof userMetrics)[]),
  'coverage',
  'novelty',
  'popularityBias',
] as const;

export type UserMetricName = keyof typeof userMetrics;
export type MetricName = (typeof metricNames)[number];

/** What is measured. */
export interface EvaluateOptions {
  /** Length of the list that counts, 1 or more. */
  readonly k: number;
  readonly metrics: readonly MetricName[];
}

/** One ranking, measured. */
export interface Report {
  readonly k: number;
  /** The users that were judged, ascending: those with something held out. */
  readonly users: Uint32Array;
  /** Mean over those users; coverage is of all their lists together. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  /** Value for each of `users`; what intervals are drawn from. Coverage has none. */
  readonly perUser: Readonly<Partial<Record<Exclude<MetricName, 'coverage'>, Float64Array>>>;
}

/**
 * Judges full rankings: every candidate competes, none is sampled away (Krichene and Rendle 2020 show what sampling does).
 *
 * @param rank the items for a user, best first, without those already visited. It is a strict order: how ties were broken is settled
 * before (see `rankByScore`), and an item may not come twice. Only the first k are looked at; a shorter list misses the rest.
 * @throws EvaluationError EVALUATION_OPTIONS_INVALID, EVALUATION_HELD_OUT_INVALID, EVALUATION_RANKING_INVALID
 */
export function evaluate(
  rank: (user: number) => ArrayLike<number>,
  heldOut: HeldOut,
  { k, metrics }: EvaluateOptions,
): Report {
  check(heldOut, { k, metrics });
  const wanted = itemsByUser(heldOut);
  const users = Uint32Array.from(wanted.keys());
  const lists = Array.from(users, (user) => firstOf(rank(user), k, user, heldOut.itemCount));
  const hits = lists.map((list, n): Hits => {
    const relevant = wanted.get(users[n] as number) ?? new Set();
    const places = list.flatMap((item, place) => (relevant.has(item) ? [place + 1] : []));
    return { k, relevant: relevant.size, places };
  });
  const perUser = Object.fromEntries(
    metrics
      .filter((name) => name !== 'coverage')
      .map((name) => [
        name,
        Float64Array.from(users, (_, n) => valueOf(name, hits[n] as Hits, lists[n] ?? [], heldOut)),
      ]),
  ) as Report['perUser'];
  const values = metrics.map((name) => {
    const value = name === 'coverage' ? coverage(lists, heldOut.itemCount) : meanOf(perUser[name]);
    return [name, value] as const;
  });
  return { k, users, metrics: Object.fromEntries(values), perUser };
}

function valueOf(
  name: Exclude<MetricName, 'coverage'>,
  hits: Hits,
  list: readonly number[],
  { popularity = [], visitorCount, userCount }: HeldOut,
): number {
  if (name === 'novelty') return novelty(list, popularity, visitorCount ?? userCount);
  if (name === 'popularityBias') return popularityBias(list, popularity);
  return userMetrics[name](hits);
}

function firstOf(ranking: ArrayLike<number>, k: number, user: number, itemCount: number): number[] {
  const list = Array.from({ length: Math.min(k, ranking.length) }, (_, place) => ranking[place] as number);
  const wrong = list.find((item, place) => !(item >= 0 && item < itemCount) || list.indexOf(item) !== place);
  if (wrong === undefined) return list;
  throw new EvaluationError(
    'EVALUATION_RANKING_INVALID',
    `The ranking for user ${user} holds item ${wrong} twice or there are only ${itemCount} items; give each candidate once.`,
  );
}

function check({ popularity, itemCount }: HeldOut, { k, metrics }: EvaluateOptions): void {
  if (!Number.isInteger(k) || k < 1)
    throw new EvaluationError('EVALUATION_OPTIONS_INVALID', `k is ${k}; give a whole number of 1 or more.`);
  const unknown = metrics.find((name) => !metricNames.includes(name));
  if (unknown !== undefined)
    throw new EvaluationError(
      'EVALUATION_OPTIONS_INVALID',
      `There is no metric '${String(unknown)}'; give some of ${metricNames.join(', ')}.`,
    );
  const needsPopularity = metrics.find((name) => name === 'novelty' || name === 'popularityBias');
  if (needsPopularity !== undefined && popularity?.length !== itemCount)
    throw new EvaluationError(
      'EVALUATION_HELD_OUT_INVALID',
      `${needsPopularity} needs the popularity of all ${itemCount} items; give heldOut.popularity.`,
    );
}

/** 0 for nobody. */
function meanOf(values: Float64Array = new Float64Array()): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}
