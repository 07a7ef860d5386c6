import { Option } from 'commander';
import type { Command } from 'commander';
import type { Experiment, JsonValue } from '@attractions/experiments';

import { PipelineError } from '../../errors.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { changedText } from './text.js';
import { changeOf, forcedOf, more, panelsOf, percentOf, targetOf, valueOf, withChange } from './options.js';
import type { ChangeOptions, TypedPanel } from './options.js';

interface StartOptions extends ChangeOptions {
  readonly panels: readonly TypedPanel[];
  readonly flag?: true;
  readonly value?: Readonly<Record<string, JsonValue>>;
  readonly layer?: string;
  readonly share?: number;
  readonly salt?: string;
  readonly target?: Experiment['target'];
  readonly holdout?: number;
  readonly force?: Experiment['forced'];
  readonly metric?: readonly string[];
  readonly design?: 'ab' | 'interleaving';
}

/** `start NAME --panels …`: the first version of an experiment, which services take up by themselves. */
export function startCommand(run: Runner): Command {
  const command = commandOf('start', 'starts an experiment; a service that runs takes it up by itself')
    .argument('<name>', 'a name that no experiment had before')
    .requiredOption(
      '--panels <shares>',
      'its panels with their shares in percent: als=50,popular=50, or control:popular=50 for a panel with a name of its own',
      panelsOf,
    )
    .option('--flag', 'its panels decide no list: clients ask for them over OpenFeature')
    .option(
      '--value <panel=value>',
      'what clients get for a panel of a flag, in JSON; default: its name; may be repeated',
      valueOf,
    )
    .option(
      '--layer <name>',
      'experiments of one layer never share a user; default: lists, or for a flag one of its own',
    )
    .option('--share <percent>', 'how much of the layer takes part; default: all of it', percentOf)
    .option('--salt <text>', 'hashed with the user id for the panel; default: the name')
    .option(
      '--target <attribute=values>',
      'only requests with one of these values, separated by commas, such as park=north,south; may be repeated',
      targetOf,
    )
    .option('--holdout <percent>', 'how many users stay out of this and of every experiment with a holdout', percentOf)
    .option(
      '--force <user=panel>',
      'a tester who always gets this panel, and is not analysed; may be repeated',
      forcedOf,
    )
    .option(
      '--metric <name>',
      'a metric that decides, the first being the primary one; may be repeated; default: all',
      more,
    )
    .addOption(
      new Option(
        '--design <design>',
        'ab: each user gets one list; interleaving: a list of two panels in turn',
      ).choices(['ab', 'interleaving']),
    );
  return withChange(command).action(async (experiment: string, options: StartOptions) =>
    run(async ({ config, own = {}, store, logger }) => {
      const { flag, value = {}, layer, share, salt, target, holdout, force, metric, design } = options;
      const stranger = Object.keys(value).find((name) => options.panels.every((panel) => panel.name !== name));
      if (stranger !== undefined)
        throw new PipelineError('PIPELINE_USAGE', `--value names the panel '${stranger}', which --panels does not.`);
      const panels = options.panels.map(({ name, recommender, share }) => ({
        name,
        share,
        ...(flag !== true && { recommender }),
        ...(name in value && { value: value[name] as JsonValue }),
      }));
      const { changeExperiments, missingModels, recommendersIn, startExperiment } =
        await import('../../experiments/changing.js');
      const begun = { experiment, panels, layer, share, salt, target, holdout, forced: force, metrics: metric, design };
      const stored = await changeExperiments(
        store,
        (versions) => startExperiment(begun, changeOf(options), versions),
        recommendersIn(config, own),
      );
      for (const name of await missingModels(stored.experiment, { config, own, store }))
        logger.warn(
          { recommender: name },
          `there is no model of '${name}' in the feeds yet; the experiment waits for it`,
        );
      return {
        document: { ...stored.experiment, update: stored.record.seq },
        text: () => changedText('Started', stored.experiment),
      };
    }),
  );
}
