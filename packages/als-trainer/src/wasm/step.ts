import type { Objective } from '@attractions/models/als';

import type { AlsOptions } from '../options.js';
import type { Weights } from '../weights.js';
import type { MemoryPlan, SideAddresses } from './memory-plan.js';

/** Bytes before the three double-precision numbers of a step. */
const wordBytes = 64;

/**
 * Writes what the kernel reads about one half of an iteration: the words of `Step` in assembly/step.ts, in their order.
 */
export function writeStep(
  memory: ArrayBufferLike,
  plan: MemoryPlan,
  { own, other }: { own: SideAddresses; other: SideAddresses },
  { options, objective, weights }: { options: AlsOptions; objective: Objective; weights: Weights },
): void {
  const { ratings, confidence, alpha, taken } = objective.cost;
  const words = [
    plan.stride,
    options.rank,
    options.solver === 'cholesky' ? 0 : options.solverSteps,
    own.offsets,
    own.columns,
    weights.codes ? own.codes : 0,
    own.terms,
    own.weights,
    other.factors,
    own.factors,
    own.ridges,
    plan.base,
    plan.preciseBase,
    plan.longestRow,
    plan.panelRows,
    ratings ? 1 : 0,
  ];
  new Uint32Array(memory, own.step, words.length).set(words);
  new Float64Array(memory, own.step + wordBytes, 3).set([confidence, alpha, taken]);
}
