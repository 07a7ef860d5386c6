import type { Command } from 'commander';
import { runEtl } from '@attractions/etl';

import { etlText, trainText } from '../run-summary.js';
import { withSampleData } from '../sample-data.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';

/** `attractions etl`: the first stage alone. */
export function etlCommand(run: Runner): Command {
  return commandOf('etl', 'raw files to visits, attractions and rejects')
    .option('--sample', 'on generated visits that ship with the package, in place of RAW_DATA_PATH')
    .action(async (options: { sample?: boolean }) =>
      run(async (given) => {
        const { config, store, logger, signal, own = {} } = options.sample ? await withSampleData(given) : given;
        const summary = await runEtl(config, { store, logger, signal, events: own.events, ...own.sources });
        return { document: summary, text: () => etlText(summary) };
      }),
    );
}

/** `attractions train`: the second stage alone, on the latest visits. */
export function trainCommand(run: Runner): Command {
  return commandOf('train', 'a model of the latest visits').action(async () =>
    run(async ({ config, store, logger, signal, own = {} }) => {
      const { runTrain } = await import('../train-and-answer.js');
      const summary = await runTrain(config, { store, logger, signal, kinds: own.models });
      return { document: summary, text: () => trainText(summary) };
    }),
  );
}
