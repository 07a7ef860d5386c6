import { setImmediate } from 'node:timers/promises';

import { cholesky } from './cholesky.js';
import { conjugateGradient } from './conjugate-gradient.js';
import type { Csr } from './csr.js';
import { gramian } from './gramian.js';
import type { HalfStep, RowSolver } from './half-step.js';
import type { Kernel, Problem, Side } from './kernel.js';
import { nonNegative } from './non-negative.js';
import type { AlsOptions } from './options.js';

/** Pairs after which a range of rows ends. Between ranges the event loop runs, so that a signal is heard. */
export const rangePairs = 16384;

/**
 * Bounds of the row ranges that are solved as one piece: `bounds[k] .. bounds[k + 1]`. They follow from the pairs alone, so sums taken
 * by range and added in order are the same for any number of threads.
 */
export function rowRanges({ rowCount, offsets }: Csr): Uint32Array {
  const bounds = [0];
  for (let row = 1, begin = 0; row <= rowCount; row++) {
    const first = offsets[begin] as number;
    // A row costs its pairs and, however few they are, the work with the Gramian: about 64 pairs' worth.
    if (row < rowCount && (offsets[row] as number) - first + 64 * (row - begin) < rangePairs) continue;
    bounds.push(row);
    begin = row;
  }
  return Uint32Array.from(bounds);
}

function rowSolver(options: AlsOptions): RowSolver {
  if (options.nonNegative) return nonNegative;
  return options.solver === 'cholesky' ? cholesky : conjugateGradient(options.solverSteps);
}

/** The readable kernel: one thread, plain typed arrays, the arithmetic that the WebAssembly kernel is held to. */
export function plainKernel(problem: Problem): Kernel {
  const { options, objective, pairs, userFactors, itemFactors } = problem;
  const solve = rowSolver(options);
  const factorsOf = (side: Side): Float32Array => (side === 'users' ? userFactors : itemFactors);
  const stepOf = (side: Side): HalfStep => {
    const fixed = factorsOf(side === 'users' ? 'items' : 'users');
    return {
      rank: options.rank,
      pairs: side === 'users' ? pairs.byUser : pairs.byItem,
      fixed,
      gramian: gramian(fixed, options.rank),
      objective,
      solved: factorsOf(side),
    };
  };
  return {
    async halfStep(side, signal) {
      const step = stepOf(side);
      const bounds = rowRanges(step.pairs);
      let loss = 0;
      for (let k = 0; k + 1 < bounds.length; k++) {
        signal?.throwIfAborted();
        loss += solve(step, bounds[k] as number, bounds[k + 1] as number);
        await setImmediate();
      }
      return loss;
    },
    gramian: (side) => Promise.resolve(gramian(factorsOf(side), options.rank)),
    close: () => Promise.resolve(),
  };
}
