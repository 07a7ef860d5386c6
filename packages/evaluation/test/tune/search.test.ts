import { expect, test } from '@jest/globals';
import type { Trial } from '@attractions/contracts';

import { randomFrom } from '../../src/statistics/random.js';
import { search } from '../../src/tune/search.js';
import type { Measured, PlannedTrial, SearchPlan } from '../../src/tune/search.js';
import { drawPoints } from '../../src/tune/space.js';

const plan: SearchPlan = {
  study: 's',
  space: { rank: { choices: [2, 4, 8] }, alpha: { from: 0.01, to: 100 } },
  points: 9,
  budgets: [2, 6],
  cut: 3,
  seed: 1,
  metric: 'ndcg@5',
  simplest: 'rank',
};

/** Best at rank 4 and alpha 1, the better the longer the training. */
const measure = async ({ options: { rank, alpha }, budget }: PlannedTrial): Promise<Measured> => ({
  value: budget / 10 - Math.abs(Math.log2(Number(rank) / 4)) - Math.abs(Math.log10(Number(alpha))) / 10,
  standardError: 0,
});

const runWith = (done: readonly Trial[] = [], workers = 1, kept: Trial[] = [], limit = Infinity) =>
  search(plan, {
    done,
    workers,
    measure: async (trial) => {
      if (kept.length >= limit) throw new Error('killed');
      return measure(trial);
    },
    keep: async (trial) => void kept.push(trial),
  });

test('nine points train for a little, the best three of them for longer', async () => {
  const { best, trials, ran } = await runWith();
  expect(trials.map(({ round }) => round)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
  expect(ran).toBe(12);
  expect(best).toMatchObject({ round: 1, budget: 6, options: { rank: 4 } });
  const first = trials.filter(({ round }) => round === 0);
  expect(trials.filter(({ round }) => round === 1).map(({ options }) => options)).toEqual(
    first.slice(0, 3).map(({ options }) => options),
  );
});

test('a search that was stopped goes on, repeats no trial and finds the same, with any number of workers', async () => {
  const whole = await runWith();
  const kept: Trial[] = [];
  await expect(runWith([], 1, kept, 5)).rejects.toThrow('killed');
  expect(kept).toHaveLength(5);
  const rest: Trial[] = [];
  const resumed = await runWith(kept, 3, rest);
  expect(resumed.ran).toBe(7);
  expect(new Set([...kept, ...rest].map(({ key }) => key)).size).toBe(12);
  const timeless = (trials: readonly Trial[]) => trials.map((trial) => ({ ...trial, seconds: 0 }));
  expect(timeless(resumed.trials)).toEqual(timeless(whole.trials));
  const again = await runWith([...kept, ...rest]);
  expect(again.ran).toBe(0);
});

test('trials of another study do not count', async () => {
  const other = (await runWith()).trials.map((trial) => ({ ...trial, study: 'other' }));
  expect((await runWith(other)).ran).toBe(12);
});

test('points: each choice in every group, each third of a range for the three points of one group', () => {
  const points = drawPoints(plan.space, 9, randomFrom(7));
  expect(points.map(({ rank }) => rank).sort()).toEqual([2, 2, 2, 4, 4, 4, 8, 8, 8]);
  const groups = [0, 3, 6].map((from) => points.slice(from, from + 3));
  for (const group of groups) {
    expect(group.map(({ rank }) => Number(rank)).sort()).toEqual([2, 4, 8]);
    expect(new Set(group.map(({ alpha }) => alpha)).size).toBe(1);
  }
  const thirds = groups.map(([point]) => Math.floor((Math.log10(Number(point?.alpha)) + 2) * (3 / 4)));
  expect(thirds.sort()).toEqual([0, 1, 2]);
});

test('of trials within a standard error of the best the simplest is first, and goes on', async () => {
  // Every rank but 2 is equally good but for luck, which favours the largest.
  const lucky = async ({ options: { rank } }: PlannedTrial): Promise<Measured> => ({
    value: rank === 2 ? 0.2 : 0.5 + Number(rank) / 1000,
    standardError: 0.005,
  });
  const { best, trials } = await search(plan, { done: [], workers: 1, measure: lucky, keep: async () => undefined });
  expect(best.options['rank']).toBe(4);
  expect(trials.slice(0, 9).map(({ options: { rank } }) => rank)).toEqual([4, 4, 4, 8, 8, 8, 2, 2, 2]);
  const sure = async (trial: PlannedTrial): Promise<Measured> => ({ ...(await lucky(trial)), standardError: 0.003 });
  expect(
    (await search(plan, { done: [], workers: 1, measure: sure, keep: async () => undefined })).best.options['rank'],
  ).toBe(8);
});
