import type { Candidate, CheckResult } from './candidate.js';
import { dot } from './fit.js';
import type { History } from './histories.js';

/** Users that are tried, evenly spread. */
const tried = 200;

/** Single precision, and a solver that need not be exact. */
const tolerance = 1e-3;

/**
 * With the attractions' factors fixed, one more visit to an attraction never lowers its score for that user. A score above 1 is one that
 * implicit feedback pulls down to 1, so it only must not fall below that.
 */
export function monotoneCheck({ model, foldIn }: Candidate, histories: readonly History[]): CheckResult {
  const { rank, itemFactors } = model;
  const step = Math.max(1, Math.floor(histories.length / tried));
  const sample = histories.filter(({ items }, n) => n % step === 0 && items.length > 0);
  let fallen: string | undefined;
  for (const { userId, user, items, weights } of sample) {
    const place = user % items.length;
    const item = items[place] as number;
    const scoreWith = (visits: Float32Array) => dot(foldIn(items, visits), 0, itemFactors, item, rank);
    const more = weights.map((count, n) => (n === place ? count + 1 : count));
    const [before, after] = [scoreWith(weights), scoreWith(more)];
    if (after >= Math.min(1, before) - tolerance) continue;
    fallen = `one more visit of '${userId}' to '${model.attractionIds[item]}' lowers its score from ${before.toFixed(4)} to ${after.toFixed(4)}`;
    break;
  }
  const all = `one more visit never lowered a score, tried with ${sample.length} users`;
  return { check: 'monotone', passed: fallen === undefined, found: fallen ?? all };
}
