import type { AlsGeneration } from '@attractions/contracts';

import type { ModelSubject } from '../subject.js';
import { visitsByUser } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';
import type { Candidate, CheckResult } from './candidate.js';

/** What one user did, from the visits and not from what the model says of them. */
export interface History {
  readonly userId: string;
  /** Row in the model. */
  readonly user: number;
  /** Rows of attractions in the model, ascending. */
  readonly items: Uint32Array;
  /** Visits to each. */
  readonly weights: Float32Array;
  /** Park of the latest visit. */
  readonly park: string;
  /** When that was: milliseconds since 1970. */
  readonly lastAt: number;
}

/** The history of each user of the model that the log has, in the model's order; the vocabularies must fit (`vocabularyCheck`). */
export function historiesOf({ model }: ModelSubject, log: VisitLog): History[] {
  const { userIds, attractionIds, parks, parkOf } = log.names;
  const rows = new Map(model.attractionIds.map((id, row) => [id, row]));
  const rowOf = attractionIds.map((id) => rows.get(id) ?? -1);
  const numbers = new Map(userIds.map((id, number) => [id, number]));
  const visits = visitsByUser(log);
  return model.userIds.flatMap((userId, user) => {
    const made = visits[numbers.get(userId) ?? -1];
    if (made === undefined) return [];
    const counts = new Map<number, number>();
    for (const visit of made) {
      const row = rowOf[log.attractions[visit] as number] as number;
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
    const seen = [...counts].sort(([a], [b]) => a - b);
    const latest = made.at(-1) ?? 0;
    return {
      userId,
      user,
      items: Uint32Array.from(seen, ([row]) => row),
      weights: Float32Array.from(seen, ([, count]) => count),
      park: parks[parkOf[log.attractions[latest] as number] as number] as string,
      lastAt: log.times[latest] as number,
    };
  });
}

/**
 * The factors fit the visits they were learnt from. Take all pairs of an attraction that a user visited and one that the user did not: the factors put
 * a larger share of them into the right order (AUC) than popularity does. Factors that were shuffled, or that belong to other visits, do not.
 * The counts and last visits that the model has of its users are those of the visits.
 */
export function fitCheck({ model }: { readonly model: AlsGeneration }, histories: readonly History[]): CheckResult {
  const wrong = firstDifference(model, histories);
  if (wrong !== undefined) return { check: 'fit', passed: false, found: wrong };
  const { rank, userFactors, itemFactors } = model;
  const visitors = new Float64Array(model.attractionIds.length);
  for (const { items } of histories) for (const item of items) (visitors[item] as number) += 1;
  const scores = new Float64Array(visitors.length);
  let [ours, popular, judged] = [0, 0, 0];
  for (const { user, items } of histories) {
    if (items.length === 0 || items.length === visitors.length) continue;
    for (let item = 0; item < scores.length; item++) scores[item] = dot(userFactors, user, itemFactors, item, rank);
    ours += shareInOrder(scores, items);
    popular += shareInOrder(visitors, items);
    judged++;
  }
  const [share, least] = [ours / (judged || 1), popular / (judged || 1)];
  return {
    check: 'fit',
    passed: judged === 0 || share > least,
    found: `the factors order ${share.toFixed(4)} of the visited and unvisited attractions rightly, popularity ${least.toFixed(4)}`,
  };
}

/** The first count or last visit of the model that is not that of the visits. */
function firstDifference(
  { seen, histories: claimed }: AlsGeneration,
  histories: readonly History[],
): string | undefined {
  if (claimed === undefined) return undefined;
  for (const { user, userId, items, weights, lastAt } of histories) {
    const visitsOf = new Map(Array.from(items, (item, n) => [item, weights[n]]));
    for (let n = seen.offsets[user] as number; n < (seen.offsets[user + 1] as number); n++) {
      const made = visitsOf.get(seen.items[n] as number) ?? 0;
      if (claimed.counts[n] !== made)
        return `the model counts ${claimed.counts[n]} visits of user '${userId}' to item ${seen.items[n]}, and its visits have ${made}`;
    }
    if (claimed.lastTimes[user] !== lastAt)
      return `the model has the last visit of user '${userId}' at ${claimed.lastTimes[user]}, and its visits at ${lastAt}`;
  }
  return undefined;
}

/** Share of the pairs in which the visited one scores higher; equal scores count half. */
function shareInOrder(scores: Float64Array, visited: Uint32Array): number {
  const seen = new Set(visited);
  let right = 0;
  for (const item of visited)
    for (let other = 0; other < scores.length; other++) {
      if (seen.has(other)) continue;
      const above = (scores[item] as number) - (scores[other] as number);
      right += above > 0 ? 1 : above === 0 ? 0.5 : 0;
    }
  return right / (visited.length * (scores.length - visited.length));
}

/** Score of one row of a side for one of the other. */
function dot(users: Float32Array, user: number, items: Float32Array, item: number, rank: number): number {
  let sum = 0;
  for (let f = 0; f < rank; f++) sum += (users[user * rank + f] as number) * (items[item * rank + f] as number);
  return sum;
}

/** Number of users that are tried, evenly spread. */
const SAMPLE = 200;

/** Factors have single precision, and the solver need not be exact. */
const TOLERANCE = 1e-3;

/**
 * With the attractions' factors fixed, one more visit to an attraction never lowers its score for that user. Implicit feedback pulls a score
 * above 1 down towards 1, so such a score must only not fall below 1.
 */
export function monotoneCheck({ model, foldIn }: Candidate, histories: readonly History[]): CheckResult {
  const { rank, itemFactors } = model;
  const step = Math.max(1, Math.floor(histories.length / SAMPLE));
  const sample = histories.filter(({ items }, n) => n % step === 0 && items.length > 0);
  let fallen: string | undefined;
  for (const { userId, user, items, weights } of sample) {
    const place = user % items.length;
    const item = items[place] as number;
    const scoreWith = (visits: Float32Array) => dot(foldIn(items, visits), 0, itemFactors, item, rank);
    const more = weights.map((count, n) => (n === place ? count + 1 : count));
    const [before, after] = [scoreWith(weights), scoreWith(more)];
    if (after >= Math.min(1, before) - TOLERANCE) continue;
    fallen = `one more visit of '${userId}' to '${model.attractionIds[item]}' lowers its score from ${before.toFixed(4)} to ${after.toFixed(4)}`;
    break;
  }
  const all = `one more visit never lowered a score, tried with ${sample.length} users`;
  return { check: 'monotone', passed: fallen === undefined, found: fallen ?? all };
}
