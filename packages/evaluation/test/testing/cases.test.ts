import { describe, expect, test } from '@jest/globals';
import { ease, lastAttraction, latelyPopular } from '../../src/baselines.js';
import { contenderCases, metricCases } from '../../src/testing/index.js';
import type { Case } from '../../src/testing/index.js';
import type { Contender } from '../../src/judge/contender.js';
import type { ListMetric } from '../../src/report/list-metric.js';

for (const contender of [latelyPopular, lastAttraction, ease])
  describe(contender.name, () => {
    for (const { name, run } of contenderCases(contender)) test(name, run);
  });

const wet: ListMetric = {
  name: 'wet',
  of: ({ list }) => list.filter(({ themes }) => themes.includes('water')).length / Math.max(1, list.length),
};

describe('a metric', () => {
  for (const { name, run } of metricCases(wet)) test(name, run);
});

/** The names of the laws that are broken. */
async function brokenIn(cases: readonly Case[]): Promise<string[]> {
  const results = await Promise.allSettled(cases.map(({ run }) => run()));
  return cases.filter((_, n) => results[n]?.status === 'rejected').map(({ name }) => name);
}

const sound: Contender = {
  name: 'sound',
  description: 'By number.',
  learn:
    ({ names }) =>
    () =>
      names.attractionIds.map((_, item) => item),
};
let calls = 0;

test.each<[string, Contender]>([
  ['it has a name, and a sentence', { ...sound, name: ' ' }],
  ['every attraction that is not', { ...sound, learn: () => () => [1, 2, 3] }],
  [
    'every attraction that is not',
    {
      ...sound,
      learn:
        ({ names }) =>
        () =>
          names.attractionIds.map(() => NaN),
    },
  ],
  ['the same visits', { ...sound, learn: ({ names }) => () => names.attractionIds.map((_, n) => Math.sin(n + calls++)) }], // prettier-ignore
  ['what it learns from', { ...sound, learn: (log) => (log.users.fill(0), sound.learn(log)) }],
  ['it can be judged', { ...sound, name: 'popular' }],
])('a baseline that breaks a law is found: %s', async (law, contender) => {
  expect(await brokenIn(contenderCases(contender))).toContainEqual(expect.stringContaining(law));
});

test.each<[string, ListMetric]>([
  ['a name that no other', { ...wet, name: 'ndcg' }],
  ['every list has a value', { name: 'x', of: ({ list }) => 1 / list.length }],
  ['every list has a value', { name: 'x', of: ({ list }) => list.reduce((sum, { latitude }) => sum + Number(latitude), 0) }], // prettier-ignore
  ['the same list', { name: 'x', of: () => calls++ }],
  ['it is in the report', { name: 'x', of: () => NaN }],
])('a metric that breaks a law is found: %s', async (law, metric) => {
  expect(await brokenIn(metricCases(metric))).toContainEqual(expect.stringContaining(law));
});

test('laws hold for what is sound', async () => {
  expect([await brokenIn(contenderCases(sound)), await brokenIn(metricCases(wet))]).toEqual([[], []]);
});
