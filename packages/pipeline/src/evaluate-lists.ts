import { optionsOf } from '@attractions/als-trainer/settings';
import { trainAls } from '@attractions/als-trainer';
import type { AlsOptions } from '@attractions/als-trainer';
import {
  evaluate,
  listEase,
  listItemKnn,
  listPopular,
  listsOf,
  metricNames,
  pairSplitOf,
  readIdPairs,
} from '@attractions/evaluation';
import type { ListRecommender, MetricName, Report } from '@attractions/evaluation';
import { placed, topK } from '@attractions/models';

import type { PipelineContext } from './commands/command.js';
import { grouped, table } from './text.js';
import type { ListTrainer } from './list-trainers.js';

/** The files to evaluate, and how. */
export interface ListFiles {
  readonly train: string;
  readonly test: string;
  /** Length of the list that counts. */
  readonly k: number;
  /** The trainers to compare, in this order. */
  readonly trainers: readonly ListTrainer[];
}

/** The result on an existing split. */
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
    /** Time to train and to make the lists. */
    readonly seconds: number;
  }[];
}

/**
 * Trains on one file of pairs and tests on another, so that published tables can be checked. Ranks all items except those of the user in the training file;
 * means are over the users of the test file.
 */
export async function evaluateLists(
  { train, test, k, trainers }: ListFiles,
  { config, logger, signal }: Pick<PipelineContext, 'config' | 'logger' | 'signal'>,
): Promise<ListEvaluation> {
  const [known, wanted] = [await readIdPairs(train), await readIdPairs(test)];
  const split = pairSplitOf(known, wanted);
  // Checked first, so that a refusal does not come after minutes of work.
  for (const trainer of trainers) if (trainer !== 'als') plain[trainer].check?.(split);
  const options = optionsOf(config);
  const als = async () => {
    const model = await trainAls(split.training, options, {
      signal,
      ...(config.threads && { threads: config.threads }),
      onIteration: ({ iteration, iterations, loss }) =>
        logger.info({ iteration, loss }, `Iteration ${iteration} of ${iterations}.`),
    });
    const { rank, userFactors } = model;
    const itemFactors = placed(model.itemFactors, rank);
    return (user: number) =>
      topK(itemFactors, rank, userFactors.subarray(user * rank, (user + 1) * rank), k, split.seen[user]).items;
  };
  const recommenders = [];
  for (const trainer of trainers) {
    signal.throwIfAborted();
    const begin = performance.now();
    const lists = trainer === 'als' ? await als() : listsOf(plain[trainer], split, k);
    const { metrics } = evaluate(lists, split.heldOut, { k, metrics: metricNames });
    const seconds = (performance.now() - begin) / 1000;
    recommenders.push({ name: trainer === 'als' ? 'ALS' : plain[trainer].name, metrics, seconds });
  }
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

/** The trainers without options. */
const plain: Record<Exclude<ListTrainer, 'als'>, ListRecommender> = {
  popular: listPopular,
  'item-knn': listItemKnn,
  ease: listEase,
};

/** The result as text. */
export function listEvaluationText({ k, users, items, trainPairs, testPairs, recommenders }: ListEvaluation): string {
  const shown: readonly MetricName[] = ['recall', 'ndcg', 'precision', 'hitRate', 'mrr', 'map', 'coverage'];
  const rows = recommenders.map(({ name, metrics, seconds }) => [
    name,
    ...shown.map((metric) => (metrics[metric] ?? 0).toFixed(4)),
    seconds.toFixed(1),
  ]);
  return [
    `${grouped(users)} users, ${grouped(items)} items; ${grouped(trainPairs)} pairs to train on, ${grouped(testPairs)} to find. All items not yet seen are ranked.`,
    table([['', ...shown.map((metric) => `${metric}@${k}`), 'seconds'], ...rows]),
  ].join('\n');
}
