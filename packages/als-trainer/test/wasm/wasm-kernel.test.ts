import { describe, expect, test } from '@jest/globals';

import type { KernelFactory } from '../../src/fastest-kernel.js';
import type { Interactions } from '../../src/interactions.js';
import type { AlsOptions } from '../../src/options.js';
import { plainKernel } from '../../src/plain-kernel.js';
import { wasmHost } from '../../src/wasm/module.js';
import type { WasmHost } from '../../src/wasm/module.js';
import { wasmKernel } from '../../src/wasm/wasm-kernel.js';
import { randomInteractions, uniform } from '../support/interactions.js';
import { factorBytes, losses, trainWith } from '../support/training.js';

const wasm: KernelFactory = (problem, threads) => wasmKernel(problem, wasmHost() as WasmHost, threads ?? 1);

async function expectSameBytes(interactions: Interactions, options: Partial<AlsOptions>): Promise<void> {
  const plain = await trainWith(plainKernel, interactions, options);
  const fast = await trainWith(wasm, interactions, options);
  expect(factorBytes(fast).equals(factorBytes(plain))).toBe(true);
  expect(losses(fast)).toEqual(losses(plain));
}

const few = randomInteractions(90, 50, 0.2);
const solvers = ['conjugate-gradient', 'cholesky'] as const;

describe('the same bytes as the plain kernel', () => {
  const ranks = [1, 3, 7, 8, 9, 31, 32, 33, 64, 100, 128].flatMap((rank) =>
    solvers.map((solver) => [rank, solver] as const),
  );
  test.each(ranks)('rank %i, %s', (rank, solver) => expectSameBytes(few, { rank, solver, iterations: 2 }));

  const kinds: Partial<AlsOptions>[] = [
    { preset: 'implicit', alpha: 3 },
    { preset: 'spark', implicitFeedback: true },
    { preset: 'spark' },
    { implicitFeedback: false, regularization: 0.05 },
    { regularizationExponent: 0.5, unobservedWeight: 0.3 },
    { unobservedWeight: 0 },
    { regularization: 0 },
  ];
  const cases = kinds.flatMap((options) =>
    solvers.map((solver) => [JSON.stringify(options), { ...options, solver }] as const),
  );
  test.each(cases)('%s of %o', (_, options) => expectSameBytes(few, { rank: 12, iterations: 4, ...options }));

  test.each(solvers)('more than 256 different weights, dislikes among them: %s', (solver) => {
    const weights = few.users.map((user, k) => user + k);
    const different = Float32Array.from(weights, (value, k) => (k % 7 === 0 ? -1 : 1) * (value / 7 + uniform(5, k)));
    return expectSameBytes({ ...few, weights: different }, { rank: 16, iterations: 3, solver });
  });

  test.each(solvers)('more than 256 different weights, some of them held out: %s', (solver) => {
    const dense = randomInteractions(60, 400, 0.9);
    const different = Float32Array.from(dense.users, (_, k) => 1 + uniform(5, k));
    const options = { rank: 8, iterations: 2, solver, heldOutShare: 0.4 };
    return expectSameBytes({ ...dense, weights: different }, options);
  });

  test.each(solvers)('rows longer than the panel, and rows without pairs: %s', (solver) => {
    const tall = randomInteractions(2400, 2, 0.9);
    return expectSameBytes({ ...tall, userCount: 2410, itemCount: 4 }, { rank: 40, iterations: 1, solver });
  });
});

describe('threads', () => {
  const many = randomInteractions(1500, 300, 0.1);

  test.each(solvers)('1, 2, 3 and 7 give the same bytes: %s', async (solver) => {
    const options = { rank: 20, iterations: 3, solver };
    const one = await trainWith(wasm, many, options, { threads: 1 });
    for (const threads of [2, 3, 7]) {
      const model = await trainWith(wasm, many, options, { threads });
      expect(factorBytes(model).equals(factorBytes(one))).toBe(true);
      expect(losses(model)).toEqual(losses(one));
    }
  });

  test('more threads than rows', async () => {
    const tiny = randomInteractions(2, 2, 1);
    const [one, seven] = await Promise.all(
      [1, 7].map((threads) => trainWith(wasm, tiny, { rank: 4, iterations: 3 }, { threads })),
    );
    expect(seven && one && factorBytes(seven).equals(factorBytes(one))).toBe(true);
  });
});
