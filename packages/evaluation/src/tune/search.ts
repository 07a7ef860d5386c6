import type { Trial } from '@attractions/contracts';

import { randomFrom } from '../statistics/random.js';
import { drawPoints } from './space.js';
import type { DrawnOptions, SearchSpace } from './space.js';

/** What a search does; the same plan makes the same trials. */
export interface SearchPlan {
  /** Names the data, the split and this plan: trials of another study do not count. */
  readonly study: string;
  readonly space: SearchSpace;
  /** Points drawn. */
  readonly points: number;
  /** Iterations that the trials of each round train for, ascending. */
  readonly budgets: readonly number[];
  /** One in `cut` trials goes on to the next round, at least one. */
  readonly cut: number;
  readonly seed: number;
  /** The metric of the trials; higher is better. */
  readonly metric: string;
  /** A numeric option: of trials that are as good as the best, those with the lowest value come first. */
  readonly simplest: string;
}

/** A trial to be run. */
export type PlannedTrial = Pick<Trial, 'key' | 'round' | 'budget' | 'options'>;

/** How trials are run and stored. */
export interface SearchRun {
  /** Trials of earlier runs; those of this study are not run again. */
  readonly done: readonly Trial[];
  /** Trials that run at a time. */
  readonly workers: number;
  /** Trains and measures. */
  measure(trial: PlannedTrial): Promise<Measured>;
  /** Stores a trial, before the same worker begins the next one. */
  keep(trial: Trial): Promise<void>;
  readonly signal?: AbortSignal;
}

/** The result of a trial. */
export type Measured = Required<Pick<Trial, 'value' | 'standardError'>>;

/** What a search found. */
export interface SearchResult {
  /** The first trial of the last round. */
  readonly best: Trial;
  /** Every trial of the study, by round, in the order that decides who goes on. */
  readonly trials: readonly Trial[];
  /** How many of them ran in this search. */
  readonly ran: number;
}

/**
 * Successive halving (Jamieson and Talwalkar 2016) of points drawn at random: all train for a few iterations, the best of them for more. A trial is stored as
 * soon as it is measured, so a search that was killed continues where it stopped. Trials within one standard error of the best count as equally
 * good, and the simplest of them comes first (Breiman et al. 1984): the rest of the difference is chance, and a smaller model costs less.
 *
 * @throws what `measure` or `keep` throws, and the signal's reason
 */
export async function search(plan: SearchPlan, run: SearchRun): Promise<SearchResult> {
  const known = new Map(run.done.filter(({ study }) => study === plan.study).map((trial) => [trial.key, trial]));
  const trials: Trial[] = [];
  let ran = 0;
  let points = drawPoints(plan.space, plan.points, randomFrom(plan.seed));
  let ranked: Trial[] = [];
  for (const [round, budget] of plan.budgets.entries()) {
    const planned = points.map((options) => plannedTrial(options, round, budget));
    // The largest first, so that at the end no worker waits for another that has just begun a large one.
    const missing = planned.filter(({ key }) => !known.has(key)).sort((a, b) => sizeOf(b, plan) - sizeOf(a, plan));
    await inParallel(missing, run.workers, async (trial) => {
      run.signal?.throwIfAborted();
      const begin = performance.now();
      const found = await run.measure(trial);
      const { study, metric } = plan;
      const measured = { study, metric, ...trial, ...found, seconds: (performance.now() - begin) / 1000 };
      await run.keep(measured);
      known.set(trial.key, measured);
      ran++;
    });
    ranked = inOrder(
      planned.map(({ key }) => known.get(key) as Trial),
      plan,
    );
    trials.push(...ranked);
    points = ranked.slice(0, Math.max(1, Math.floor(ranked.length / plan.cut))).map(({ options }) => options);
  }
  return { best: ranked[0] as Trial, trials, ran };
}

/** The key of a trial names everything that it trains with. */
function plannedTrial(options: DrawnOptions, round: number, budget: number): PlannedTrial {
  const named = Object.entries(options)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return { key: [`iterations=${budget}`, ...named].join(' '), round, budget, options };
}

const sizeOf = ({ options }: PlannedTrial, { simplest }: SearchPlan): number => Number(options[simplest] ?? 0);

/** The best first, but of those that are as good as it the simplest. */
function inOrder(trials: readonly Trial[], plan: SearchPlan): Trial[] {
  const ranked = [...trials].sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1));
  const [best] = ranked;
  if (best === undefined) return ranked;
  const least = best.value - (best.standardError ?? 0);
  const equals = ranked.filter(({ value }) => value >= least).sort((a, b) => sizeOf(a, plan) - sizeOf(b, plan));
  return [...equals, ...ranked.slice(equals.length)];
}

/** Each worker takes the next task that is left. The first failure is thrown once the other workers have finished their tasks. */
async function inParallel<T>(tasks: readonly T[], workers: number, act: (task: T) => Promise<void>): Promise<void> {
  const left = [...tasks];
  const settled = await Promise.allSettled(
    Array.from({ length: Math.min(workers, left.length) }, async () => {
      for (let task = left.shift(); task !== undefined; task = left.shift()) {
        try {
          await act(task);
        } catch (error) {
          left.length = 0;
          throw error;
        }
      }
    }),
  );
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
