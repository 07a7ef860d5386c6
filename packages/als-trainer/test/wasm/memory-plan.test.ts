import { describe, expect, test } from '@jest/globals';

import { planMemory } from '../../src/wasm/memory-plan.js';
import type { TrainingShape } from '../../src/wasm/memory-plan.js';

const shape: TrainingShape = {
  rank: 64,
  cholesky: false,
  threads: 2,
  userCount: 1_000_000,
  itemCount: 100_000,
  entryCount: 94_000_000,
  pairCount: 94_000_000,
  ownWeights: false,
  longestRow: 200_000,
  ranges: { users: 10_000, items: 10_000 },
};

/** Bytes that a change of the shape adds. */
const growth = (change: Partial<TrainingShape>): number =>
  planMemory({ ...shape, ...change }).bytes - planMemory(shape).bytes;

describe('the memory formula of the README', () => {
  test('an interaction: 10 bytes, and 8 a pair with more than 256 different weights', () => {
    expect(growth({ entryCount: shape.entryCount + 6400 })).toBe(64_000);
    expect(growth({ ownWeights: true })).toBe(8 * shape.pairCount);
  });

  test('a user or an attraction: 4 x rank + 8 bytes', () => {
    expect(growth({ userCount: shape.userCount + 6400 })).toBe(6400 * (4 * 64 + 8));
    expect(growth({ itemCount: shape.itemCount + 6400 })).toBe(6400 * (4 * 64 + 8));
  });

  test('a thread: 20 bytes a pair of the longest history, 256 KiB and 12 x rank', () => {
    expect(growth({ threads: 3 })).toBe(20 * shape.longestRow + 256 * 1024 + 12 * 64);
  });

  test('what the rank alone takes: 132 x rank^2, or 140 with Cholesky', () => {
    const at = (rank: number, cholesky: boolean) =>
      planMemory({ ...shape, rank, cholesky, threads: 0, userCount: 0, itemCount: 0, entryCount: 0 }).bytes;
    expect(at(512, false) - at(256, false)).toBe(132 * (512 ** 2 - 256 ** 2));
    expect(at(512, true) - at(256, true)).toBe(140 * (512 ** 2 - 256 ** 2));
  });

  test('a million users, 100,000 attractions and 94 M pairs at rank 64 take less than 1.3 GB', () => {
    expect(planMemory(shape).bytes).toBeLessThan(1.3e9);
  });

  test('areas do not overlap', () => {
    const { users, items, ...plan } = planMemory({ ...shape, cholesky: true, threads: 3, ownWeights: true });
    const addresses = [plan.job, plan.base, plan.preciseBase, plan.slices, ...plan.scratch];
    const all = [...addresses, ...Object.values(users), ...Object.values(items)];
    expect(new Set(all).size).toBe(all.length);
    expect(Math.max(...all)).toBeLessThan(plan.bytes);
  });
});
