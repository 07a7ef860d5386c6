import { objectiveOf, sumOfSquaredScores } from '@attractions/models/als';

import type { Orientations } from './csr.js';
import { earlyStop, holdOut } from './early-stop.js';
import type { EarlyStop } from './early-stop.js';
import { AlsError } from './errors.js';
import { fastestKernel, fastestSpace } from './fastest-kernel.js';
import type { KernelFactory } from './fastest-kernel.js';
import type { RowLoss } from './half-step.js';
import { fillInitial } from './initial.js';
import type { Interactions } from './interactions.js';
import type { Kernel, Problem } from './kernel.js';
import type { AlsModel, HistoryEntry, TrainRun, WarmStart } from './model.js';
import { resolveOptions } from './options.js';
import type { AlsOptions } from './options.js';
import { preparePairs } from './prepare.js';

/** Oriented pairs, and what the first factors are seeded from. */
export type TrainInput = Pick<Interactions, 'userCount' | 'itemCount' | 'userKeys' | 'itemKeys'> & {
  readonly pairs: Orientations;
};

function* warmStartProblems(warm: WarmStart, { rank }: AlsOptions, interactions: TrainInput): Generator<string> {
  if (warm.rank !== rank)
    yield `The model to start from has rank ${warm.rank}, the options say ${rank}; make them equal.`;
  for (const [side, factors, count] of [
    ['users', warm.userFactors, interactions.userCount],
    ['items', warm.itemFactors, interactions.itemCount],
  ] as const) {
    const rows = factors.length / warm.rank;
    if (!Number.isInteger(rows) || rows > count)
      yield `The model to start from has ${rows} ${side}, the interactions have ${count}; it may have fewer, not more.`;
    if (!factors.every(Number.isFinite))
      yield `The model to start from has a factor of its ${side} that is not finite.`;
  }
}

/** The first factors of both sides: those of the warm start, and random ones for the other rows. */
function firstFactors(interactions: TrainInput, options: AlsOptions, warm?: WarmStart) {
  const problems = warm ? [...warmStartProblems(warm, options, interactions)] : [];
  if (problems.length > 0) throw new AlsError('ALS_WARM_START_INVALID', problems);
  const { rank, seed, nonNegative } = options;
  const userFactors = new Float32Array(interactions.userCount * rank);
  const itemFactors = new Float32Array(interactions.itemCount * rank);
  if (warm) {
    userFactors.set(warm.userFactors);
    itemFactors.set(warm.itemFactors);
  }
  const plan = { seed, rank, nonNegative };
  const known = { users: (warm?.userFactors.length ?? 0) / rank, items: (warm?.itemFactors.length ?? 0) / rank };
  fillInitial(userFactors, known.users, { ...plan, side: 'users', keys: interactions.userKeys });
  fillInitial(itemFactors, known.items, { ...plan, side: 'items', keys: interactions.itemKeys });
  return { userFactors, itemFactors };
}

/**
 * The whole loss after an iteration: observed pairs, as of the solved items, + a0 * (sum over all pairs of the squared score, from the
 * two Gramians) + ridge of both sides.
 */
async function totalLoss({ objective }: Problem, kernel: Kernel, users: RowLoss, items: RowLoss): Promise<number> {
  const known = items.observed + users.penalty + items.penalty;
  if (objective.unobserved === 0) return known;
  const everywhere = sumOfSquaredScores(await kernel.gramian('users'), await kernel.gramian('items'));
  return known + objective.unobserved * everywhere;
}

/** One iteration: users, then items. Resolves to the loss after it. */
async function iterate(problem: Problem, kernel: Kernel, signal?: AbortSignal): Promise<number> {
  const users = await kernel.halfStep('users', signal);
  return totalLoss(problem, kernel, users, await kernel.halfStep('items', signal));
}

/** The training loop: iterate, keep the history, report. */
async function runIterations(
  problem: Problem,
  kernel: Kernel,
  run: TrainRun,
  early?: EarlyStop,
): Promise<HistoryEntry[]> {
  const { iterations } = problem.options;
  const pairCount = problem.pairs.byUser.columns.length;
  const history: HistoryEntry[] = [];
  let total = 0;
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const begin = performance.now();
    const loss = await iterate(problem, kernel, run.signal);
    if (!Number.isFinite(loss))
      throw new AlsError('ALS_DIVERGED', [
        `The loss is ${loss} after iteration ${iteration}; raise regularization, or lower alpha or the weights.`,
      ]);
    if (early) kernel.store();
    const verdict = early?.judge();
    const seconds = (performance.now() - begin) / 1000;
    total += seconds;
    const entry = { iteration, loss, seconds, ...(verdict ? { heldOutLoss: verdict.heldOutLoss } : {}) };
    history.push(entry);
    const secondsLeft = (total / iteration) * (iterations - iteration);
    run.onIteration?.({ ...entry, iterations, pairsPerSecond: pairCount / seconds, secondsLeft });
    if (verdict?.enough) break;
  }
  return history;
}

/**
 * The same as {@link trainAls} for pairs that were checked and oriented before, with options that were resolved.
 * For callers that need the pairs too.
 */
export async function trainOriented(
  input: TrainInput,
  options: AlsOptions,
  run: TrainRun,
  kernelFor: KernelFactory = fastestKernel,
): Promise<AlsModel> {
  run.signal?.throwIfAborted();
  const factors = firstFactors(input, options, run.warmStart);
  const split = options.heldOutShare > 0 ? holdOut(input.pairs, input, options) : undefined;
  const problem: Problem = { options, objective: objectiveOf(options), pairs: split?.pairs ?? input.pairs, ...factors };
  const early = split && earlyStop(problem, split.heldOut);
  const kernel = kernelFor(problem, run.threads);
  try {
    const history = await runIterations(problem, kernel, run, early);
    if (early) early.restore();
    else kernel.store();
    return { rank: options.rank, ...factors, history, options };
  } finally {
    await kernel.close();
  }
}

/**
 * Learns user and item factors from interactions by alternating least squares, implicit (the default) or explicit.
 *
 * The same interactions, in any order, with the same options give the same bytes, whatever the machine and the number of threads.
 *
 * @throws AlsError for options, interactions or a warm start that are refused (all before any work), and `ALS_DIVERGED`.
 * @throws the signal's reason when `run.signal` aborts.
 */
export async function trainAls(
  interactions: Interactions,
  options: Partial<AlsOptions> = {},
  run: TrainRun = {},
): Promise<AlsModel> {
  const resolved = resolveOptions(options);
  const pairs = preparePairs(interactions, resolved, fastestSpace(resolved));
  return trainOriented({ ...interactions, pairs }, resolved, run);
}
