import { solveEach } from './half-step.js';
import type { RowSolver } from './half-step.js';
import type { NormalEquations } from './normal-equations.js';
import { emptyEquations, lossOfRow, setEquations } from './normal-equations.js';

/**
 * Solves symmetric equations in place by U'U (upper triangle only); `right` becomes the answer.
 * A direction in which nothing is known (pivot not above 0: no ridge, too few pairs) gets 0, the shortest of its answers.
 */
export function solveCholesky({ matrix, right }: NormalEquations): void {
  const rank = right.length;
  for (let i = 0; i < rank; i++) {
    const pivot = matrix[i * rank + i] as number;
    const scale = pivot > 0 ? 1 / Math.sqrt(pivot) : 0;
    for (let j = i; j < rank; j++) matrix[i * rank + j] = (matrix[i * rank + j] as number) * scale;
    for (let k = i + 1; k < rank; k++) {
      const factor = matrix[i * rank + k] as number;
      for (let j = k; j < rank; j++)
        matrix[k * rank + j] = (matrix[k * rank + j] as number) - factor * (matrix[i * rank + j] as number);
    }
  }
  for (let i = 0; i < rank; i++) {
    const diagonal = matrix[i * rank + i] as number;
    const value = diagonal > 0 ? (right[i] as number) / diagonal : 0;
    right[i] = value;
    for (let j = i + 1; j < rank; j++) right[j] = (right[j] as number) - value * (matrix[i * rank + j] as number);
  }
  for (let i = rank - 1; i >= 0; i--) {
    let value = right[i] as number;
    for (let j = i + 1; j < rank; j++) value -= (matrix[i * rank + j] as number) * (right[j] as number);
    const diagonal = matrix[i * rank + i] as number;
    right[i] = diagonal > 0 ? value / diagonal : 0;
  }
}

/** Solves every row exactly, in double precision; only the answer is rounded to single precision. */
export const cholesky: RowSolver = (step, from, to) => {
  const equations = emptyEquations(step.rank);
  return solveEach(step, from, to, (row, ridge) => {
    setEquations(equations, step, row, ridge);
    solveCholesky(equations);
    step.solved.set(equations.right, row * step.rank);
    return lossOfRow(step, row);
  });
};
