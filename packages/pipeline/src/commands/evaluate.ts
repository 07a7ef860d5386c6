import type { Command } from 'commander';
import { runEvaluate } from '@attractions/evaluation';

import { contendersOf } from '../contenders/contenders.js';
import { PipelineError } from '../errors.js';
import { evaluateLists, listEvaluationText } from '../evaluate-lists.js';
import { evaluationText } from '../evaluation-text.js';
import { commandOf } from './command.js';
import { countOf } from './count.js';
import type { Runner } from './command.js';

interface EvaluateOptions {
  readonly train?: string;
  readonly test?: string;
  readonly k: number;
}

/** `attractions evaluate`: does it help? */
export function evaluateCommand(run: Runner): Command {
  return commandOf(
    'evaluate',
    'how well the latest model foretells held-out visits, beside popularity and other baselines; or, with files, how well ALS does on a split that somebody else made',
  )
    .option('--train <file>', 'train on these pairs: one user a line with the items after it, or CSV; gzipped or not')
    .option('--test <file>', 'find these pairs; goes with --train')
    .option('--k <count>', 'length of the list that counts, with --train and --test', countOf, 20)
    .action(async ({ train, test, k }: EvaluateOptions) =>
      run(async (context) => {
        if (train !== undefined && test !== undefined) {
          const found = await evaluateLists({ train, test, k }, context);
          return { document: found, text: () => listEvaluationText(found) };
        }
        if (train !== undefined || test !== undefined)
          throw new PipelineError('PIPELINE_USAGE', 'Give both --train and --test, or neither.');
        const { config, store, logger, signal } = context;
        const summary = await runEvaluate(config, { store, logger, signal, contenders: contendersOf(config, signal) });
        return { document: summary, text: () => evaluationText(summary) };
      }),
    );
}
