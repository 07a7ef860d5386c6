import { availableParallelism } from 'node:os';

import { heapSpace } from './csr.js';
import type { PairSpace } from './csr.js';
import type { Kernel, Problem } from './kernel.js';
import type { AlsOptions } from './options.js';
import { plainKernel } from './plain-kernel.js';
import { PAGE_BYTES, planPairs } from './wasm/memory-plan.js';
import type { PairAddresses } from './wasm/memory-plan.js';
import { wasmHost } from './wasm/module.js';
import type { WasmHost } from './wasm/module.js';
import { wasmKernel } from './wasm/wasm-kernel.js';

/** Makes the kernel of one training. `threads`: as many as the caller wants; default: chosen by the kernel. */
export type KernelFactory = (problem: Problem, threads?: number) => Kernel;

/** WebAssembly where the machine has it and factors may be negative. */
const hostFor = ({ nonNegative }: AlsOptions) => (nonNegative ? undefined : wasmHost());

/** Memory for the pairs where {@link fastestKernel} reads them, so that they need no copy. */
export function fastestSpace(options: AlsOptions): (entries: number) => PairSpace {
  const host = hostFor(options);
  return host ? (entries) => sharedSpace(host, entries) : heapSpace;
}

/** Memory for the pairs at the start of a memory that a kernel then uses: no pair is copied or held twice. */
function sharedSpace({ allocate }: WasmHost, entries: number): PairSpace {
  const plan = planPairs(entries);
  const memory = allocate(Math.ceil(plan.end / PAGE_BYTES));
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

/** A thread is started only for at least this many multiplications, since its start takes about 30 ms. */
const MULTIPLICATIONS_PER_THREAD = 4e8;

/** Multiplications of a whole training, about. */
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
 * Without a number of threads: one per core, but fewer where the work is too little for all.
 */
export const fastestKernel: KernelFactory = (problem, threads) => {
  const host = hostFor(problem.options);
  if (!host) return plainKernel(problem);
  const useful = 1 + Math.floor(workOf(problem) / MULTIPLICATIONS_PER_THREAD);
  return wasmKernel(problem, host, threads ?? Math.min(availableParallelism(), useful));
};
