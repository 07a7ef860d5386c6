import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { PipelineError } from '../errors.js';
import { listTrainers } from '../list-trainers.js';
import type { ListTrainer } from '../list-trainers.js';
import { commandOf, runIdOption } from './command.js';
import { countOf } from './count.js';
import type { Runner } from './command.js';

interface EvaluateOptions {
  readonly train?: string;
  readonly test?: string;
  readonly k: number;
  readonly trainers: readonly ListTrainer[];
  readonly runId?: string;
}

/** `attractions evaluate`: does it help? */
export function evaluateCommand(run: Runner): Command {
  return commandOf(
    'evaluate',
    'how well the latest model predicts held-out visits, compared with popularity and other baselines; or, with files, how well trainers do on an existing split',
  )
    .option('--train <file>', 'train on these pairs: one user a line with the items after it, or CSV; gzipped or not')
    .option('--test <file>', 'find these pairs; goes with --train')
    .option('--k <count>', 'length of the lists, with --train and --test', countOf, 20)
    .addOption(
      new Option(
        '--trainers <names>',
        `trainers to compare, with --train and --test: some of ${listTrainers.join(',')}`,
      )
        .argParser(trainersOf)
        .default(['popular', 'item-knn', 'als'], 'popular,item-knn,als'),
    )
    .addOption(runIdOption())
    .action(async ({ train, test, k, trainers, runId }: EvaluateOptions) =>
      run(async (context) => {
        const { evaluateLists, evaluateVisits, evaluationText, listEvaluationText, recorded } =
          await import('../judging.js');
        if (train !== undefined && test !== undefined) {
          const found = await evaluateLists({ train, test, k, trainers }, context);
          return { document: found, text: () => listEvaluationText(found) };
        }
        if (train !== undefined || test !== undefined)
          throw new PipelineError('PIPELINE_USAGE', 'Give both --train and --test, or neither.');
        return recorded('evaluate', context, async () => {
          const summary = await evaluateVisits(context, runId);
          return { document: summary, text: () => evaluationText(summary) };
        });
      }),
    );
}

/** The value of `--trainers`: names separated by commas. */
function trainersOf(text: string): ListTrainer[] {
  return text.split(',').map((name) => {
    const trainer = listTrainers.find((known) => known === name.trim());
    if (trainer !== undefined) return trainer;
    throw new InvalidArgumentError(`There is no trainer '${name}'; give some of ${listTrainers.join(',')}.`);
  });
}
