import { sumOfSquaredScores } from '@attractions/models/als';

import type { RowLoss } from './half-step.js';
import type { Kernel, Problem } from './kernel.js';

/**
 * The whole loss after an iteration: observed pairs, as they stand after the items were solved, + a0 * (sum over all pairs of the
 * squared score, from the two Gramians) + ridge of both sides.
 */
export async function totalLoss(
  { objective }: Problem,
  kernel: Kernel,
  users: RowLoss,
  items: RowLoss,
): Promise<number> {
  const known = items.observed + users.penalty + items.penalty;
  if (objective.unobserved === 0) return known;
  const everywhere = sumOfSquaredScores(await kernel.gramian('users'), await kernel.gramian('items'));
  return known + objective.unobserved * everywhere;
}
