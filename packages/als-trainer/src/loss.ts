import { gramian, sumOfSquaredScores, termsOf } from '@attractions/models/als';
import type { Objective } from '@attractions/models/als';

import { weightAt } from './csr.js';
import type { Csr, Orientations } from './csr.js';
import type { AlsModel } from './model.js';

/**
 * The loss of a model that somebody else trained, by the formula of the training guide. The kernel sums it while it trains; this takes one pass over the pairs,
 * in double precision.
 */
export function lossOf(
  { rank, userFactors, itemFactors }: Pick<AlsModel, 'rank' | 'userFactors' | 'itemFactors'>,
  { byUser, byItem }: Orientations,
  objective: Objective,
): number {
  let loss = penaltyOf(byUser, userFactors, rank, objective) + penaltyOf(byItem, itemFactors, rank, objective);
  for (let user = 0; user < byUser.rowCount; user++)
    for (let k = byUser.offsets[user] as number; k < (byUser.offsets[user + 1] as number); k++) {
      const { constant, linear, quadratic } = termsOf(objective.cost, weightAt(byUser.weights, k));
      const score = dot(userFactors, user, itemFactors, byUser.columns[k] as number, rank);
      loss += constant - 2 * linear * score + quadratic * score ** 2;
    }
  if (objective.unobserved === 0) return loss;
  return loss + objective.unobserved * sumOfSquaredScores(gramian(userFactors, rank), gramian(itemFactors, rank));
}

function penaltyOf({ rowCount, columnCount, offsets }: Csr, factors: Float32Array, rank: number, { ridge }: Objective) {
  let sum = 0;
  for (let row = 0; row < rowCount; row++)
    sum +=
      ridge((offsets[row + 1] as number) - (offsets[row] as number), columnCount) *
      dot(factors, row, factors, row, rank);
  return sum;
}

function dot(left: Float32Array, row: number, right: Float32Array, column: number, rank: number): number {
  let sum = 0;
  for (let f = 0; f < rank; f++) sum += (left[row * rank + f] as number) * (right[column * rank + f] as number);
  return sum;
}
