import { EvaluationError } from './errors.js';
import {
  averagePrecision,
  coverage,
  hitRate,
  ndcg,
  novelty,
  popularityBias,
  precision,
  recall,
  reciprocalRank,
} from './metrics.js';
import type { Hits, UserMetric } from './metrics.js';

/** The metrics of one user that need only the places of the held-out items. Their means are HR, P, R, NDCG, MRR and MAP. */
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
  /** Mean over those users; coverage is that of all their lists together. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  /** Value for each of `users`, to draw intervals from. Coverage has none. */
  readonly perUser: Readonly<Partial<Record<Exclude<MetricName, 'coverage'>, Float64Array>>>;
}

/**
 * Measures full rankings: every candidate competes, none is left out by sampling, which would bias the metrics (Krichene and Rendle 2020).
 *
 * @param rank the items for a user, best first, without those already visited. It is a strict order: ties are
 * already broken (see `rankByScore`), and no item is repeated. Only the first k count; a shorter list misses the rest.
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
    `The ranking for user ${user} names item ${wrong} twice, or there are only ${itemCount} items; give each candidate once.`,
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

/** 0 where there are no values. */
function meanOf(values: Float64Array = new Float64Array()): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/**
 * What a ranking should have found: pairs of a user and an item that were held out of the training, in the shape of the trainer's
 * interactions. Users without a pair are not judged; a repeated pair counts once.
 */
export interface HeldOut {
  readonly userCount: number;
  readonly itemCount: number;
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  /** Visitors of each item in training; `novelty` and `popularityBias` need it. */
  readonly popularity?: ArrayLike<number>;
  /** Distinct visitors in training; by default `userCount`. */
  readonly visitorCount?: number;
}

/** The held-out items of each user who has any, users ascending. */
function itemsByUser({ userCount, itemCount, users, items }: HeldOut): Map<number, Set<number>> {
  if (users.length !== items.length)
    throw new EvaluationError(
      'EVALUATION_HELD_OUT_INVALID',
      `There are ${users.length} users and ${items.length} items; give one of each for every pair.`,
    );
  const byUser = new Map<number, Set<number>>();
  for (const pair of Array.from(users.keys()).sort((a, b) => (users[a] as number) - (users[b] as number))) {
    const [user, item] = [users[pair] as number, items[pair] as number];
    if (user >= userCount || item >= itemCount)
      throw new EvaluationError(
        'EVALUATION_HELD_OUT_INVALID',
        `Pair ${pair} is user ${user} and item ${item}, but there are ${userCount} users and ${itemCount} items.`,
      );
    byUser.set(user, (byUser.get(user) ?? new Set()).add(item));
  }
  return byUser;
}

/**
 * The best `length` of the candidates, best first. The tie rule: of equal scores the lower item number comes first. The rule does not look at
 * what is held out, so ties neither help nor harm on average, and a second run gives the same list.
 *
 * @param scores of all items, by item number.
 * @param candidates item numbers that may be listed, ascending, none twice.
 * @throws EvaluationError EVALUATION_SCORES_INVALID where a candidate's score is NaN or missing. Infinite scores are allowed.
 */
export function rankByScore(scores: ArrayLike<number>, candidates: ArrayLike<number>, length: number): Uint32Array {
  const listed = new Uint32Array(Math.min(length, candidates.length));
  let count = 0;
  for (let n = 0; n < candidates.length; n++) {
    const item = candidates[n] as number;
    const score = scores[item];
    if (score === undefined || Number.isNaN(score))
      throw new EvaluationError('EVALUATION_SCORES_INVALID', `The score of item ${item} is ${score}; give a number.`);
    if (count === listed.length && !(score > (scores[listed[count - 1] as number] as number))) continue;
    let place = Math.min(count, listed.length - 1);
    for (; place > 0 && score > (scores[listed[place - 1] as number] as number); place--)
      listed[place] = listed[place - 1] as number;
    listed[place] = item;
    count = Math.min(count + 1, listed.length);
  }
  return listed;
}
