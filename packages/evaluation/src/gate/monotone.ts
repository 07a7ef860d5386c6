import type { Candidate, CheckResult } from './candidate.js';
import { dot } from './fit.js';
import type { History } from './histories.js';

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
