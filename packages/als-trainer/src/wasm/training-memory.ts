import { sliceBounds, termsOf } from '@attractions/models/als';
import type { Objective } from '@attractions/models/als';

import { hasOwn } from '../csr.js';
import type { Csr, Weights } from '../csr.js';
import { AlsError } from '../errors.js';
import { rowRanges } from '../half-step.js';
import type { Interactions } from '../interactions.js';
import type { Problem, Side } from '../kernel.js';
import type { AlsOptions } from '../options.js';
import { ADDRESSABLE_BYTES, PAGE_BYTES, planMemory } from './memory-plan.js';
import type { MemoryPlan, SideAddresses } from './memory-plan.js';
import type { WasmHost, WasmMemory } from './module.js';

/** A training in one memory that threads share. */
export interface TrainingMemory {
  readonly memory: WasmMemory;
  readonly plan: MemoryPlan;
  /** Row ranges of each side. */
  readonly rangeCounts: Readonly<Record<Side, number>>;
}

function longestRow({ rowCount, offsets }: Csr): number {
  let longest = 0;
  for (let row = 0; row < rowCount; row++)
    longest = Math.max(longest, (offsets[row + 1] as number) - (offsets[row] as number));
  return longest;
}

function checkBytes(bytes: number, how: string): void {
  if (bytes > ADDRESSABLE_BYTES)
    throw new AlsError('ALS_TOO_LARGE', [
      `The training needs ${how} ${bytes} bytes and a kernel can address ${ADDRESSABLE_BYTES}; lower rank, or train on fewer pairs.`,
    ]);
}

/**
 * Refuses, before any work, a training that could not fit even with the fewest pairs.
 *
 * @throws AlsError `ALS_TOO_LARGE`.
 */
export function checkSize({ userCount, itemCount, users }: Interactions, { rank, solver }: AlsOptions): void {
  // Repeated pairs are joined, so their number is not known yet; it is at least one.
  const least = { pairCount: 1, longestRow: 1, threads: 1, ownWeights: false, ranges: { users: 1, items: 1 } } as const;
  const known = { rank, cholesky: solver === 'cholesky', entryCount: users.length, userCount, itemCount };
  const { bytes } = planMemory({ ...least, ...known });
  checkBytes(bytes, 'at least');
}

/** Copies rows of `rank` numbers from one row length to another. */
export function copyRows(from: Float32Array, fromWidth: number, to: Float32Array, toWidth: number, rank: number): void {
  for (let a = 0, b = 0; a < from.length; a += fromWidth, b += toWidth) to.set(from.subarray(a, a + rank), b);
}

/** A view of `rows` rows of padded factors. */
export const paddedFactors = (memory: WasmMemory, { stride }: MemoryPlan, at: number, rows: number) =>
  new Float32Array(memory.buffer, at, (rows * stride) / 4);

/** Allocates the memory of a problem and writes all that does not change, and the first factors. */
export function loadTraining(problem: Problem, { allocate }: WasmHost, threads: number): TrainingMemory {
  const { options, objective } = problem;
  const { rank } = options;
  const { byUser, byItem, space } = problem.pairs;
  const pairCount = byUser.columns.length;
  const prepared = space?.takeMemory?.();
  const ranges = { users: rowRanges(byUser, options), items: rowRanges(byItem, options) };
  const rangeCounts = { users: ranges.users.length - 1, items: ranges.items.length - 1 };
  const plan = planMemory({
    rank,
    cholesky: options.solver === 'cholesky',
    threads,
    userCount: byUser.rowCount,
    itemCount: byItem.rowCount,
    entryCount: prepared ? (space?.byUser.columns.length as number) : pairCount,
    pairCount,
    ownWeights: hasOwn(byUser.weights),
    longestRow: Math.max(longestRow(byUser), longestRow(byItem)),
    ranges: rangeCounts,
  });
  checkBytes(plan.bytes, 'in all');
  const pages = Math.ceil(plan.bytes / PAGE_BYTES);
  const memory = prepared ?? allocate(pages);
  if (prepared) memory.grow(pages - memory.buffer.byteLength / PAGE_BYTES);
  const words = (at: number, values: Uint32Array) => new Uint32Array(memory.buffer, at, values.length).set(values);
  const numbers = (at: number, values: Float32Array) => new Float32Array(memory.buffer, at, values.length).set(values);
  for (const side of ['users', 'items'] as const) {
    const [csr, factors] = side === 'users' ? [byUser, problem.userFactors] : [byItem, problem.itemFactors];
    const own = plan[side];
    const { values, codes } = csr.weights;
    words(own.offsets, csr.offsets);
    if (!prepared) {
      words(own.columns, csr.columns);
      if (codes) new Uint8Array(memory.buffer, own.codes, codes.length).set(codes);
    }
    words(own.ranges, ranges[side]);
    words(own.slices, sliceBounds(csr.rowCount));
    if (own.weights) numbers(own.weights, values);
    else {
      const terms = Array.from(values, (weight) => termsOf(objective.cost, weight));
      numbers(
        own.terms,
        Float32Array.from(terms.flatMap(({ linear, quadratic, constant }) => [linear, quadratic, constant])),
      );
    }
    const ridge = (_: unknown, row: number) =>
      objective.ridge((csr.offsets[row + 1] as number) - (csr.offsets[row] as number), csr.columnCount);
    numbers(own.ridges, Float32Array.from({ length: csr.rowCount }, ridge));
    copyRows(factors, rank, paddedFactors(memory, plan, own.factors, csr.rowCount), plan.stride / 4, rank);
    const sides = { own, other: plan[side === 'users' ? 'items' : 'users'] };
    writeStep(memory.buffer, plan, sides, { options, objective, weights: csr.weights });
  }
  return { memory, plan, rangeCounts };
}

/** Bytes before the three double-precision numbers of a step. */
const WORD_BYTES = 64;

/**
 * Writes what the kernel reads about one half of an iteration: the words of `Step` in assembly/step.ts, in their order.
 */
function writeStep(
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
  new Float64Array(memory, own.step + WORD_BYTES, 3).set([confidence, alpha, taken]);
}
