import type { Objective } from '../objective.js';
import type { AlsOptions } from '../options.js';
import type { MemoryPlan, SideAddresses } from './memory-plan.js';

/** Bytes before the three double-precision numbers of a step. */
const wordBytes = 64;

/**
 * Writes what the kernel reads about one half of an iteration: the words of `Step` in assembly/step.ts, in their order.
 *
 * @param coded whether weights are codes.
 */
export function writeStep(
  memory: ArrayBufferLike,
  plan: MemoryPlan,
  { own, other }: { own: SideAddresses; other: SideAddresses },
  { options, objective, coded }: { options: AlsOptions; objective: Objective; coded: boolean },
): void {
  const { ratings, confidence, alpha, taken } = objective.cost;
  const words = [
    plan.stride,
    options.rank,
    options.solver === 'cholesky' ? 0 : options.solverSteps,
    own.offsets,
    own.columns,
    coded ? own.weights : 0,
    own.terms,
    coded ? 0 : own.weights,
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
