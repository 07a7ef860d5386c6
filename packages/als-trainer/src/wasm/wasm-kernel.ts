import { GRAMIAN_SLICES, sumOfSlices } from '@attractions/models/als';

import type { Kernel, Problem, Side } from '../kernel.js';
import { startCrew } from './crew.js';
import type { WasmHost } from './module.js';
import { copyRows, loadTraining, paddedFactors } from './training-memory.js';

/** The kernel in WebAssembly on `threads` threads, including the calling one. Gives the same bytes as the plain kernel. */
export function wasmKernel(problem: Problem, host: WasmHost, threads: number): Kernel {
  const { options, objective, pairs } = problem;
  const { rank } = options;
  const { memory, plan, rangeCounts } = loadTraining(problem, host, threads);
  const crew = startCrew(host, memory, plan.job, plan.scratch);
  const width = plan.stride / 4;
  const rowCounts = { users: pairs.byUser.rowCount, items: pairs.byItem.rowCount };
  const factors = { users: problem.userFactors, items: problem.itemFactors };
  /** Of the present factors. An iteration uses each twice. */
  const gramians = new Map<Side, Float64Array>();

  async function gramianOf(side: Side, signal?: AbortSignal): Promise<Float64Array> {
    const known = gramians.get(side);
    if (known) return known;
    const own = plan[side];
    const job = { chunkCount: GRAMIAN_SLICES, bounds: own.slices, step: 0, out: plan.slices };
    await crew.run({ ...job, factors: own.factors, stride: plan.stride }, signal);
    const slice = (k: number) => new Float64Array(memory.buffer, plan.slices + 8 * width * width * k, width * width);
    const sum = sumOfSlices(rank, width, slice);
    gramians.set(side, sum);
    return sum;
  }

  /** Writes the weighted Gramian of the fixed side. */
  function writeBase(gramian: Float64Array): void {
    const base = new Float32Array(memory.buffer, plan.base, width * width);
    const precise = plan.preciseBase ? new Float64Array(memory.buffer, plan.preciseBase, width * width) : undefined;
    for (let i = 0; i < rank; i++)
      for (let j = 0; j < rank; j++) {
        const value = objective.unobserved * (gramian[i * rank + j] as number);
        base[i * width + j] = value;
        if (precise) precise[i * width + j] = value;
      }
  }

  return {
    async halfStep(side, signal) {
      writeBase(await gramianOf(side === 'users' ? 'items' : 'users', signal));
      const own = plan[side];
      const chunkCount = rangeCounts[side];
      await crew.run({ chunkCount, bounds: own.ranges, step: own.step, out: own.sums, factors: 0, stride: 0 }, signal);
      gramians.delete(side);
      const sums = new Float64Array(memory.buffer, own.sums, 2 * chunkCount);
      let observed = 0;
      let penalty = 0;
      for (let k = 0; k < sums.length; k += 2) {
        observed += sums[k] as number;
        penalty += sums[k + 1] as number;
      }
      return { observed, penalty };
    },
    gramian: gramianOf,
    store() {
      for (const side of ['users', 'items'] as const) {
        const padded = paddedFactors(memory, plan, plan[side].factors, rowCounts[side]);
        copyRows(padded, width, factors[side], rank, rank);
      }
    },
    close: () => crew.close(),
  };
}
