import { optionsOf, trainAls } from '@attractions/als-trainer';
import type { AlsOptions } from '@attractions/als-trainer';
import { evaluate, metricNames, pairSplitOf, rankByScore, readIdPairs } from '@attractions/evaluation';
import type { MetricName, PairSplit, Report } from '@attractions/evaluation';
import { topK } from '@attractions/recommender';

import type { PipelineContext } from './commands/command.js';
import { table } from './table.js';

/** Which lists are judged, and how. */
export interface ListFiles {
  readonly train: string;
  readonly test: string;
  /** Length of the list that counts. */
  readonly k: number;
}

/** What was found on a split that somebody else made. */
export interface ListEvaluation {
  readonly k: number;
  readonly users: number;
  readonly items: number;
  readonly trainPairs: number;
  readonly testPairs: number;
  readonly options: Partial<AlsOptions>;
  readonly recommenders: readonly {
    readonly name: string;
    readonly metrics: Report['metrics'];
    /** Learning and answering. */
    readonly seconds: number;
  }[];
}

/**
 * Trains on one file of pairs and is judged by another, so that published tables can be checked: all items are ranked but those of the user's
 * training, and the mean is over the users of the test. ALS has the options of the configuration.
 */
export async function evaluateLists(
  { train, test, k }: ListFiles,
  { config, logger, signal }: Pick<PipelineContext, 'config' | 'logger' | 'signal'>,
): Promise<ListEvaluation> {
  const [known, wanted] = [await readIdPairs(train), await readIdPairs(test)];
  const split = pairSplitOf(known, wanted);
  const options = optionsOf(config);
  const judged = async (name: string, learn: () => Promise<(user: number) => Uint32Array>) => {
    const begin = performance.now();
    const { metrics } = evaluate(await learn(), split.heldOut, { k, metrics: metricNames });
    return { name, metrics, seconds: (performance.now() - begin) / 1000 };
  };
  const recommenders = [
    await judged('popular', async () => popularLists(split, k)),
    await judged('ALS', async () => {
      const model = await trainAls(split.training, options, {
        signal,
        ...(config.threads && { threads: config.threads }),
        onIteration: ({ iteration, iterations, loss }) =>
          logger.info({ iteration, loss }, `Iteration ${iteration} of ${iterations}.`),
      });
      const { rank, userFactors, itemFactors } = model;
      return (user) =>
        topK(itemFactors, rank, userFactors.subarray(user * rank, (user + 1) * rank), k, split.seen[user]).items;
    }),
  ];
  return {
    k,
    users: split.userIds.length,
    items: split.itemIds.length,
    trainPairs: known.length,
    testPairs: wanted.length,
    options,
    recommenders,
  };
}

/** Most users first; of equal items the first in the file. */
function popularLists({ heldOut: { popularity = [], itemCount }, seen }: PairSplit, k: number) {
  const longest = seen.reduce((most, { length }) => Math.max(most, length), 0);
  const all = Uint32Array.from({ length: itemCount }, (_, item) => item);
  const order = rankByScore(popularity, all, Math.min(itemCount, k + longest));
  return (user: number): Uint32Array => {
    const hidden = new Set(seen[user]);
    return order.filter((item) => !hidden.has(item)).slice(0, k);
  };
}

/** The same for people. */
export function listEvaluationText({ k, users, items, trainPairs, testPairs, recommenders }: ListEvaluation): string {
  const count = (value: number): string => value.toLocaleString('en');
  const shown: readonly MetricName[] = ['recall', 'ndcg', 'precision', 'hitRate', 'mrr', 'map', 'coverage'];
  const rows = recommenders.map(({ name, metrics, seconds }) => [
    name,
    ...shown.map((metric) => (metrics[metric] ?? 0).toFixed(4)),
    seconds.toFixed(1),
  ]);
  return [
    `${count(users)} users, ${count(items)} items; ${count(trainPairs)} pairs to train on, ${count(testPairs)} to find. All items not yet seen are ranked.`,
    table([['', ...shown.map((metric) => `${metric}@${k}`), 'seconds'], ...rows]),
  ].join('\n');
}
