import { descendNonNegative, emptyEquations, setEquations, solveCholesky, termsOf } from '@attractions/models/als';
import type { PairTerms, RowEquations } from '@attractions/models/als';

import { weightAt } from './csr.js';
import { solveEach } from './half-step.js';
import type { HalfStep, RowSolver } from './half-step.js';

/** Solves every row exactly, in double precision; only the answer is rounded to single precision. */
export const cholesky: RowSolver = (step, from, to) =>
  solveEachBy(step, from, to, (equations) => solveCholesky(equations));

/** Solves every row under "no factor below 0", from its last answer. */
export const nonNegative: RowSolver = (step, from, to) =>
  solveEachBy(step, from, to, (equations, last) => {
    const answer = Float64Array.from(last);
    descendNonNegative(equations, answer);
    return answer;
  });

/** Writes the equations of each row and solves them. */
function solveEachBy(
  step: HalfStep,
  from: number,
  to: number,
  solve: (equations: RowEquations, last: Float32Array) => Float64Array,
) {
  const { rank, pairs, fixed, gramian, objective, solved } = step;
  const equations = emptyEquations(rank);
  return solveEach(step, from, to, (row, ridge) => {
    const [begin, end] = [pairs.offsets[row] as number, pairs.offsets[row + 1] as number];
    const columns = pairs.columns.subarray(begin, end);
    const terms = Array.from(columns, (_, k) => termsOf(objective.cost, weightAt(pairs.weights, begin + k)));
    setEquations(equations, { gramian, unobserved: objective.unobserved, ridge }, fixed, columns, terms);
    const answer = solved.subarray(row * rank, (row + 1) * rank);
    answer.set(solve(equations, answer));
    return lossOfRow(answer, fixed, columns, terms);
  });
}

/** The loss of a row's pairs at the row's present answer. */
function lossOfRow(answer: Float32Array, fixed: Float32Array, columns: Uint32Array, terms: readonly PairTerms[]) {
  let loss = 0;
  terms.forEach(({ constant, linear, quadratic }, k) => {
    const at = (columns[k] as number) * answer.length;
    let score = 0;
    for (let f = 0; f < answer.length; f++) score += (answer[f] as number) * (fixed[at + f] as number);
    loss += constant + score * (quadratic * score - 2 * linear);
  });
  return loss;
}
