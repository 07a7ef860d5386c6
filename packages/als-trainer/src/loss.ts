import type { Csr } from './csr.js';
import { sumOfSquaredScores } from './gramian.js';
import type { Kernel, Problem } from './kernel.js';
import type { Objective } from './objective.js';

/** Sum over rows of ridge * |x|^2. */
function penalty(factors: Float32Array, rank: number, pairs: Csr, objective: Objective): number {
  let sum = 0;
  for (let row = 0; row < pairs.rowCount; row++) {
    let squared = 0;
    for (let f = row * rank; f < (row + 1) * rank; f++) squared += (factors[f] as number) * (factors[f] as number);
    const history = (pairs.offsets[row + 1] as number) - (pairs.offsets[row] as number);
    sum += objective.ridge(history, pairs.columnCount) * squared;
  }
  return sum;
}

/**
 * The whole loss after a half step whose observed part is known:
 * observed + a0 * (sum over all pairs of the squared score, from the two Gramians) + ridge of both sides.
 */
export async function totalLoss(problem: Problem, kernel: Kernel, observed: number): Promise<number> {
  const { options, objective, pairs, userFactors, itemFactors } = problem;
  const unobserved =
    objective.unobserved === 0
      ? 0
      : objective.unobserved * sumOfSquaredScores(await kernel.gramian('users'), await kernel.gramian('items'));
  return (
    observed +
    unobserved +
    penalty(userFactors, options.rank, pairs.byUser, objective) +
    penalty(itemFactors, options.rank, pairs.byItem, objective)
  );
}
