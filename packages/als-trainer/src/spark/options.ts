import type { ParameterValue } from '@attractions/spark';

import { AlsError } from '../errors.js';
import { resolveOptions } from '../options.js';
import type { AlsOptions } from '../options.js';

/** What Spark's ALS cannot be told: the value it always has, and why. */
const FIXED = {
  preset: ['spark', 'its loss is that of the preset spark'],
  unobservedWeight: [1, 'it gives every unobserved pair the weight 1'],
  regularizationExponent: [1, 'it multiplies the regularization of a row by the length of its history'],
  solver: ['cholesky', 'it solves every row exactly'],
} as const satisfies Partial<{ [K in keyof AlsOptions]: readonly [AlsOptions[K], string] }>;

/** What only the kernel does. */
const KERNEL_ONLY = {
  solverSteps: 'it solves every row exactly',
  heldOutShare: 'it does not stop early',
  patience: 'it does not stop early',
} as const satisfies Partial<Record<keyof AlsOptions, string>>;

const INSTEAD = 'leave it out, or train with TRAIN_ON=kernel';

function* problemsOf(given: Partial<AlsOptions>): Generator<string> {
  for (const [name, [value, why]] of Object.entries(FIXED)) {
    const said = given[name as keyof typeof FIXED];
    if (said !== undefined && said !== value)
      yield `${name} is ${said}, which Spark's ALS has no parameter for: ${why}; ${INSTEAD}.`;
  }
  for (const [name, why] of Object.entries(KERNEL_ONLY)) {
    const said = given[name as keyof typeof KERNEL_ONLY];
    if (said !== undefined && !(name === 'heldOutShare' && said === 0))
      yield `${name} is ${said}, which Spark's ALS has no parameter for: ${why}; ${INSTEAD}.`;
  }
  if (given.regularization === 0)
    yield "regularization is 0; Spark's ALS then fails at the first row that has several solutions: make it above 0, or train with TRAIN_ON=kernel.";
}

/**
 * Completes the options of a training on Spark. What is not given has its usual default, or, with the preset `spark`, Spark's own; but the loss is always
 * Spark's, so that all who read the model (fold-in, the gate) know it as one of the preset `spark`. Pure.
 *
 * @param others problems that were found before, to be told at once
 * @throws AlsError `ALS_OPTIONS_INVALID` with every problem: what {@link resolveOptions} refuses, and what Spark has no parameter for
 */
export function sparkOptions(given: Partial<AlsOptions>, others: readonly string[] = []): AlsOptions {
  const { solver, ...ranged } = given;
  const options = resolved(solver === 'cholesky' ? given : ranged);
  const problems = [...(options instanceof AlsError ? options.problems : []), ...problemsOf(given), ...others];
  if (options instanceof AlsError || problems.length > 0) throw new AlsError('ALS_OPTIONS_INVALID', problems);
  const fixed = Object.fromEntries(Object.entries(FIXED).map(([name, [value]]) => [name, value]));
  return Object.freeze({ ...options, ...fixed });
}

function resolved(given: Partial<AlsOptions>): AlsOptions | AlsError {
  try {
    return resolveOptions(given);
  } catch (error) {
    if (error instanceof AlsError) return error;
    throw error;
  }
}

/** The Java class of Spark's ALS. */
export const SPARK_ALS = 'org.apache.spark.ml.recommendation.ALS';

/** Pairs of a block, where there are fewer than ten blocks, and where there are more. */
const SMALL_BLOCK = 100_000;
const LARGE_BLOCK = 10_000_000;

/** Blocks of each side. Spark's default is ten, which makes a hundred tasks of every half iteration: for a few pairs it does little else than start them. */
function blocksFor(pairs: number): number {
  return Math.max(1, Math.min(10, Math.ceil(pairs / SMALL_BLOCK)), Math.ceil(pairs / LARGE_BLOCK));
}

/**
 * Parameters of Spark's ALS, by its names: a name that it does not know would be ignored. `weighting` and `halfLifeDays` are not among them, since the pairs
 * come weighted.
 *
 * @param pairs how many there are
 */
export function sparkParameters(options: AlsOptions, pairs: number): Readonly<Record<string, ParameterValue>> {
  const blocks = blocksFor(pairs);
  return {
    rank: options.rank,
    maxIter: options.iterations,
    regParam: options.regularization,
    alpha: options.alpha,
    implicitPrefs: options.implicitFeedback,
    nonnegative: options.nonNegative,
    seed: options.seed,
    numUserBlocks: blocks,
    numItemBlocks: blocks,
    userCol: 'user',
    itemCol: 'item',
    ratingCol: 'rating',
  };
}
