import { setImmediate } from 'node:timers/promises';

import { gramian } from '@attractions/models/als';

import { conjugateGradient } from './conjugate-gradient.js';
import { cholesky, nonNegative } from './exact-solvers.js';
import { rowRanges } from './half-step.js';
import type { RowSolver } from './half-step.js';
import type { Kernel, Problem, Side } from './kernel.js';
import type { AlsOptions } from './options.js';

function rowSolver(options: AlsOptions): RowSolver {
  if (options.nonNegative) return nonNegative;
  return options.solver === 'cholesky' ? cholesky : conjugateGradient(options.solverSteps);
}

/**
 * The readable kernel: one thread and plain typed arrays. Tests compare the WebAssembly kernel with it bit by bit. It is used where there
 * is no WebAssembly with vectors and threads, and for non-negative factors.
 */
export function plainKernel(problem: Problem): Kernel {
  const { options, objective, pairs, userFactors, itemFactors } = problem;
  const solve = rowSolver(options);
  const factors = { users: userFactors, items: itemFactors };
  const pairsOf = { users: pairs.byUser, items: pairs.byItem };
  const gramianOf = (side: Side): Float64Array => gramian(factors[side], options.rank);
  return {
    async halfStep(side, signal) {
      const other = side === 'users' ? 'items' : 'users';
      const common = { rank: options.rank, objective, pairs: pairsOf[side] };
      const step = { ...common, fixed: factors[other], gramian: gramianOf(other), solved: factors[side] };
      const bounds = rowRanges(step.pairs, options);
      let observed = 0;
      let penalty = 0;
      for (let k = 0; k + 1 < bounds.length; k++) {
        signal?.throwIfAborted();
        const range = solve(step, bounds[k] as number, bounds[k + 1] as number);
        observed += range.observed;
        penalty += range.penalty;
        await setImmediate();
      }
      return { observed, penalty };
    },
    gramian: (side) => Promise.resolve(gramianOf(side)),
    store: () => undefined,
    close: () => Promise.resolve(),
  };
}
