import type { AlsGeneration } from '@attractions/contracts';

import type { CheckResult } from './candidate.js';
import type { History } from './histories.js';

/**
 * The factors fit the visits they were learnt from: of the pairs of an attraction that the user visited and one that the user did not, they put
 * a larger share into the right order (AUC) than popularity does. Factors that were shuffled, or that belong to other visits, do not.
 * The counts and last visits that the model has of its users are those of the visits.
 */
export function fitCheck({ model }: { readonly model: AlsGeneration }, histories: readonly History[]): CheckResult {
  const wrong = wronglyTold(model, histories);
  if (wrong !== undefined) return { check: 'fit', passed: false, found: wrong };
  const { rank, userFactors, itemFactors } = model;
  const visitors = new Float64Array(model.attractionIds.length);
  for (const { items } of histories) for (const item of items) (visitors[item] as number) += 1;
  const scores = new Float64Array(visitors.length);
  let [ours, popular, judged] = [0, 0, 0];
  for (const { user, items } of histories) {
    if (items.length === 0 || items.length === visitors.length) continue;
    for (let item = 0; item < scores.length; item++) scores[item] = dot(userFactors, user, itemFactors, item, rank);
    ours += rightlyOrdered(scores, items);
    popular += rightlyOrdered(visitors, items);
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
function wronglyTold({ seen, histories: told }: AlsGeneration, histories: readonly History[]): string | undefined {
  if (told === undefined) return undefined;
  for (const { user, userId, items, weights, lastAt } of histories) {
    const visitsOf = new Map(Array.from(items, (item, n) => [item, weights[n]]));
    for (let n = seen.offsets[user] as number; n < (seen.offsets[user + 1] as number); n++) {
      const made = visitsOf.get(seen.items[n] as number) ?? 0;
      if (told.counts[n] !== made)
        return `the model counts ${told.counts[n]} visits of user '${userId}' to item ${seen.items[n]}, and its visits have ${made}`;
    }
    if (told.lastTimes[user] !== lastAt)
      return `the model has the last visit of user '${userId}' at ${told.lastTimes[user]}, and its visits at ${lastAt}`;
  }
  return undefined;
}

/** Share of the pairs in which the visited one scores higher; equal scores count half. */
function rightlyOrdered(scores: Float64Array, visited: Uint32Array): number {
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
export function dot(users: Float32Array, user: number, items: Float32Array, item: number, rank: number): number {
  let sum = 0;
  for (let f = 0; f < rank; f++) sum += (users[user * rank + f] as number) * (items[item * rank + f] as number);
  return sum;
}
