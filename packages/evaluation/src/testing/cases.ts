import assert from 'node:assert/strict';
import type { Attraction } from '@attractions/contracts';
import { attractionOf, timedVisits } from '@attractions/models/testing';
import { popular } from '../baselines.js';
import { metricNames } from '../evaluate.js';
import type { Contender } from '../judge/contender.js';
import { judge } from '../judge/judge.js';
import type { JudgedList, ListMetric } from '../report/list-metric.js';
import { drawReport } from '../report/report.js';
import { lastNewAttraction } from '../splits/protocols.js';
import type { Split } from '../splits/split.js';
import { visitLogOf } from '../visit-log.js';

/** One law of a contract, for any test runner: `for (const { name, run } of metricCases(mine)) test(name, run)`. */
export interface Case {
  readonly name: string;
  /** Rejects where the law is broken. */
  run(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** Two parks of six attractions; the first of each is a water ride. */
const ATTRACTIONS: readonly Attraction[] = ['bay', 'hill'].flatMap((park) =>
  Array.from({ length: 6 }, (_, n) => attractionOf(`${park}:${n}`, `${park} ${n}`, n === 0 ? ['water'] : [])),
);

/** 30 visitors who each see five attractions of one park, an hour apart; the same each time. */
function sampleSplit(): Split {
  const visits = Array.from({ length: 30 }, (_, user) =>
    Array.from({ length: 5 }, (_, step) => {
      const { attractionId } = ATTRACTIONS[6 * (user % 2) + ((user + step * (1 + (user % 3))) % 6)] as Attraction;
      return [`user ${user}`, attractionId, (24 * user + step) * HOUR_MS] as const;
    }),
  ).flat();
  return lastNewAttraction(visitLogOf(timedVisits(visits), ATTRACTIONS), 3);
}

/** The contract of {@link Contender}: what the section `baselines` of a configuration file takes. */
export function contenderCases(contender: Contender): readonly Case[] {
  const rankings = async (split: Split) => (await judge(split, [contender]))[0]?.rankings;
  return [
    {
      name: 'it has a name, and a sentence for the report',
      run: async () => {
        assert.notEqual(contender.name.trim(), '');
        assert.notEqual(contender.description.trim(), '');
      },
    },
    {
      name: 'every attraction that is not visited yet has a score that is a number',
      run: async () => {
        const split = sampleSplit();
        const score = await contender.learn(split.training);
        for (const request of split.requests) {
          const scores = score(request);
          assert.equal(scores.length, ATTRACTIONS.length);
          Array.from(scores).forEach((value, item) => {
            const counts = split.training.names.parkOf[item] === request.park && !request.visited.includes(item);
            if (counts) assert.ok(!Number.isNaN(value), `The score of attraction ${item} is ${value}`);
          });
        }
      },
    },
    {
      name: 'the same visits give the same rankings',
      run: async () => assert.deepEqual(await rankings(sampleSplit()), await rankings(sampleSplit())),
    },
    {
      name: 'what it learns from stays as it is',
      run: async () => {
        const split = sampleSplit();
        await rankings(split);
        assert.deepEqual(split, sampleSplit());
      },
    },
    {
      name: 'it can be judged beside the baselines',
      run: async () => {
        const { report } = await drawReport(sampleSplit(), [contender], { resamples: 10 });
        assert.equal(report.recommenders.at(-1)?.name, contender.name);
      },
    },
  ];
}

/** The contract of {@link ListMetric}: what the section `metrics` of a configuration file takes. */
export function metricCases(metric: ListMetric): readonly Case[] {
  const judged = async (use: (list: JudgedList) => void) => {
    const watching: ListMetric = { name: 'watching', of: (list) => (use(list), 0) };
    await drawReport(sampleSplit(), [], { resamples: 10, metrics: [watching], attractions: ATTRACTIONS });
  };
  return [
    {
      name: 'it has a name that no other metric has',
      run: async () => {
        assert.notEqual(metric.name.trim(), '');
        assert.ok(!metricNames.some((name) => name === metric.name), `There is a metric '${metric.name}' already.`);
      },
    },
    {
      name: 'every list has a value, a short and an empty one too',
      run: () =>
        judged((whole) => {
          for (let length = whole.list.length; length >= 0; length--) {
            const value = metric.of({ ...whole, list: whole.list.slice(0, length) });
            assert.ok(Number.isFinite(value), `${value} for a list of ${length}`);
          }
        }),
    },
    {
      name: 'the same list has the same value, and stays as it is',
      run: () =>
        judged((list) => {
          const before = JSON.stringify(list);
          assert.equal(metric.of(list), metric.of(list));
          assert.equal(JSON.stringify(list), before);
        }),
    },
    {
      name: 'it is in the report of every recommender',
      run: async () => {
        const { report } = await drawReport(sampleSplit(), [], {
          resamples: 10,
          metrics: [metric],
          attractions: ATTRACTIONS,
        });
        const found = report.recommenders.find(({ name }) => name === popular.name);
        assert.ok(Number.isFinite(found?.metrics[metric.name]));
      },
    },
  ];
}
