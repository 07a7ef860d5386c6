import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { plural } from '@attractions/config';

import { PipelineError } from '../errors.js';
import { table } from '../text.js';
import type { TuneSummary } from '../tuning/tune.js';
import { commandOf } from './command.js';
import { countOf } from './count.js';
import type { Runner } from './command.js';

interface TuneFlags {
  readonly points: number;
  readonly workers: number;
  readonly train?: string;
  readonly test?: string;
  readonly k: number;
}

/** `attractions tune`: good options for ALS. */
export function tuneCommand(run: Runner): Command {
  return commandOf(
    'tune',
    'searches good options for ALS, measured by the second-last new attraction of each visitor, or by files of pairs',
  )
    .option(
      '--points <count>',
      'random points, in groups of six that differ only in their rank; the best third goes on to each longer round',
      countOf,
      54,
    )
    .option('--workers <count>', 'trials at a time', countOf, availableParallelism())
    .option('--train <file>', 'train on these pairs instead of the visits, as in evaluate')
    .option('--test <file>', 'find these pairs; goes with --train')
    .option('--k <count>', 'length of the lists, with --train and --test', countOf, 20)
    .action(async ({ points, workers, train, test, k }: TuneFlags) =>
      run(async (context) => {
        if ((train === undefined) !== (test === undefined))
          throw new PipelineError('PIPELINE_USAGE', 'Give both --train and --test, or neither.');
        const files = train !== undefined && test !== undefined ? { files: { train, test, k } } : {};
        const { tune } = await import('../judging.js');
        const summary = await tune({ points, workers, ...files }, context);
        return { document: summary, text: () => tuneText(summary) };
      }),
    );
}

function tuneText({ study, best, trials, ran, expired, seconds }: TuneSummary): string {
  const names = Object.keys(best.options);
  const rows = trials
    .filter(({ round }) => round === best.round)
    .map(({ value, budget, options }) => [value.toFixed(4), budget, ...names.map((name) => String(options[name]))]);
  const variables = Object.entries({ ...best.options, iterations: best.budget }).map(
    ([name, value]) => `ALS_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}=${value}`,
  );
  return [
    ...(expired > 0 ? [`Passed over ${expired} ${plural(expired, 'trial')} of the study whose data are gone.`] : []),
    `Study ${study}: ${trials.length} ${plural(trials.length, 'trial')}, ${ran} of them now, in ${seconds.toFixed(1)} s. The last round:`,
    table([[best.metric, 'iterations', ...names], ...rows]),
    '',
    `Best: ${variables.join(' ')}`,
  ].join('\n');
}
