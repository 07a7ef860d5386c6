import { availableParallelism } from 'node:os';

import { heapSpace } from './csr.js';
import type { PairSpace } from './csr.js';
import type { Kernel, Problem } from './kernel.js';
import type { AlsOptions } from './options.js';
import { plainKernel } from './plain-kernel.js';
import { pageBytes, planPairs } from './wasm/memory-plan.js';
import type { PairAddresses } from './wasm/memory-plan.js';
import { wasmHost } from './wasm/module.js';
import type { WasmHost } from './wasm/module.js';
import { wasmKernel } from './wasm/wasm-kernel.js';

/** Makes the kernel of one training. `threads` is what the caller asked for, if anything. */
export type KernelFactory = (problem: Problem, threads?: number) => Kernel;

/** WebAssembly where the machine has it, for factors that may be negative. */
const hostFor = ({ nonNegative }: AlsOptions) => (nonNegative ? undefined : wasmHost());

/** Makes room for the pairs where {@link fastestKernel} wants them. */
export function fastestSpace(options: AlsOptions): (entries: number) => PairSpace {
  const host = hostFor(options);
  return host ? (entries) => sharedSpace(host, entries) : heapSpace;
}

/** Room for pairs at the start of a memory that a kernel can then have: no pair is copied, or held twice. */
function sharedSpace({ allocate }: WasmHost, entries: number): PairSpace {
  const plan = planPairs(entries);
  const memory = allocate(Math.ceil(plan.end / pageBytes));
  const { buffer } = memory;
  const room = ({ columns, codes }: PairAddresses) => ({
    columns: new Uint32Array(buffer, columns, entries),
    codes: new Uint8Array(buffer, codes, entries),
  });
  let isTaken = false;
  return {
    byUser: room(plan.users),
    byItem: room(plan.items),
    takeMemory() {
      if (isTaken) return undefined;
      isTaken = true;
      return memory;
    },
  };
}

/** Multiplications that one more thread has to save before it pays for its start (about 30 ms). */
const multiplicationsPerThread = 4e8;

/** Multiplications of a whole training, nearly. */
function workOf({ options, pairs: { byUser, byItem } }: Problem): number {
  const { rank, iterations, solver, solverSteps } = options;
  const pairs = byUser.columns.length;
  const rows = byUser.rowCount + byItem.rowCount;
  const iteration =
    solver === 'cholesky'
      ? pairs * rank ** 2 + (rows * rank ** 3) / 6
      : 4 * pairs * rank * (1 + solverSteps) + rows * rank ** 2 * (1 + solverSteps);
  return iterations * iteration;
}

/**
 * WebAssembly where the machine has it with vectors and threads, and where the factors may be negative; else plain TypeScript.
 * Without a number of threads, as many as there are cores, but none that would cost more than it brings.
 */
export const fastestKernel: KernelFactory = (problem, threads) => {
  const host = hostFor(problem.options);
  if (!host) return plainKernel(problem);
  const useful = 1 + Math.floor(workOf(problem) / multiplicationsPerThread);
  return wasmKernel(problem, host, threads ?? Math.min(availableParallelism(), useful));
};
