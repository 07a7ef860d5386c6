import type { Command } from 'commander';
import type { Experiment } from '@attractions/experiments';

import { PipelineError } from '../../errors.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { changeOf, forcedOf, panelsOf, percentOf, withChange } from './options.js';
import type { ChangeOptions, TypedPanel } from './options.js';
import { changedText } from './text.js';

/** How an experiment is named; in the help of every command that takes one. */
export const NAME = 'name of the experiment, as `list` shows it';

interface RampOptions extends ChangeOptions {
  readonly panels?: readonly TypedPanel[];
  readonly share?: number;
  readonly force?: Experiment['forced'];
}

/** `ramp NAME`: other shares. Nobody changes the panel but the users of the share that is added or let go. */
export function rampCommand(run: Runner): Command {
  const command = commandOf(
    'ramp',
    'gives panels or the experiment another share; only users of the share added or let go change',
  )
    .argument('<name>', NAME)
    .option(
      '--panels <shares>',
      'new shares of panels in percent, such as als=20,popular=20; the others keep theirs',
      panelsOf,
    )
    .option('--share <percent>', 'how much of the layer takes part', percentOf)
    .option('--force <user=panel>', 'a tester to add; may be repeated', forcedOf);
  return withChange(command).action(async (name: string, options: RampOptions) =>
    run(async ({ store }) => {
      const { panels, share, force } = options;
      if (panels === undefined && share === undefined && force === undefined)
        throw new PipelineError('PIPELINE_USAGE', 'Nothing is to change; give --panels, --share or --force.');
      const { changeExperiments, rampExperiment } = await import('../../experiments/changing.js');
      const ramp = { panels, share, forced: force };
      const { experiment, record } = await changeExperiments(store, (versions) =>
        rampExperiment(name, ramp, changeOf(options), versions),
      );
      return { document: { ...experiment, update: record.seq }, text: () => changedText('Changed', experiment) };
    }),
  );
}

interface StopOptions extends ChangeOptions {
  readonly winner?: string;
}

/** `stop NAME`: the end, with a winner that answers everybody from now on. */
export function stopCommand(run: Runner): Command {
  const command = commandOf(
    'stop',
    'stops an experiment; a winner answers everybody who is in no experiment from now on',
  )
    .argument('<name>', NAME)
    .option('--winner <panel>', 'the panel that won; without one everybody gets the usual answers again');
  return withChange(command).action(async (name: string, options: StopOptions) =>
    run(async ({ store }) => {
      const { stopIn } = await import('../../experiments/changing.js');
      const { experiment, record, isDefault, backTo } = await stopIn(store, name, options.winner, changeOf(options));
      const { winner, panels } = experiment;
      const recommender = panels.find((panel) => panel.name === winner)?.recommender;
      return {
        document: { ...experiment, update: record.seq, isDefault },
        text: () =>
          [
            changedText('Stopped', experiment),
            ...(isDefault
              ? [
                  `'${recommender}' answers everybody who is in no experiment; 'attractions feeds alias default experiments/config#${backTo}' takes that back.`,
                ]
              : []),
          ].join('\n'),
      };
    }),
  );
}
