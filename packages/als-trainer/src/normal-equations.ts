import type { HalfStep } from './half-step.js';
import { termsOf } from './objective.js';
import { weightAt } from './weights.js';

/** A row's linear system `matrix` x = `right`, double precision; `matrix` is `rank` x `rank` with its upper triangle filled. */
export interface NormalEquations {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
}

/** Room for the equations of one row, to be used again for the next. */
export const emptyEquations = (rank: number): NormalEquations => ({
  matrix: new Float64Array(rank * rank),
  right: new Float64Array(rank),
});

/** Writes the equations of one row: (a0 Y'Y + ridge I + sum quadratic y y') x = sum linear y. */
export function setEquations(equations: NormalEquations, step: HalfStep, row: number, ridge: number): void {
  const { rank, pairs, fixed, gramian, objective } = step;
  const { matrix, right } = equations;
  const begin = pairs.offsets[row] as number;
  const end = pairs.offsets[row + 1] as number;
  for (let k = 0; k < matrix.length; k++) matrix[k] = objective.unobserved * (gramian[k] as number);
  for (let i = 0; i < rank; i++) matrix[i * rank + i] = (matrix[i * rank + i] as number) + ridge;
  right.fill(0);
  for (let k = begin; k < end; k++) {
    const { linear, quadratic } = termsOf(objective.cost, weightAt(pairs.weights, k));
    const at = (pairs.columns[k] as number) * rank;
    for (let i = 0; i < rank; i++) {
      const value = fixed[at + i] as number;
      right[i] = (right[i] as number) + linear * value;
      const scaled = quadratic * value;
      for (let j = i; j < rank; j++)
        matrix[i * rank + j] = (matrix[i * rank + j] as number) + scaled * (fixed[at + j] as number);
    }
  }
}

/** Part of the loss that a row's pairs have at the row's present answer. */
export function lossOfRow(step: HalfStep, row: number): number {
  const { rank, pairs, fixed, objective, solved } = step;
  let loss = 0;
  for (let k = pairs.offsets[row] as number; k < (pairs.offsets[row + 1] as number); k++) {
    const { constant, linear, quadratic } = termsOf(objective.cost, weightAt(pairs.weights, k));
    const at = (pairs.columns[k] as number) * rank;
    let score = 0;
    for (let f = 0; f < rank; f++) score += (solved[row * rank + f] as number) * (fixed[at + f] as number);
    loss += constant + score * (quadratic * score - 2 * linear);
  }
  return loss;
}
