import type { Command } from 'commander';

import { etlText, trainText } from '../run-summary.js';
import { commandOf, runIdOption } from './command.js';
import type { Runner } from './command.js';

/** What `--accept` does, in the words of its help. */
export const ACCEPT = 'commit data that are unlike the last updates, this once; later runs are compared with them';

/** What `--full` does. */
export const FULL = 'read all raw data, also where only some of it is new';

/** `attractions etl`: the first stage alone. */
export function etlCommand(run: Runner): Command {
  return commandOf('etl', 'turns raw files into visits, attractions and rejects')
    .option('--sample', 'on generated visits that ship with the package, in place of RAW_DATA_PATH')
    .option('--accept', ACCEPT)
    .option('--full', FULL)
    .addOption(runIdOption())
    .action(async ({ sample, ...how }: { sample?: true; accept?: true; full?: true; runId?: string }) =>
      run(async (given) => {
        const { extract, recorded, withSampleData } = await import('../extracting.js');
        const context = sample ? await withSampleData(given) : given;
        return recorded('etl', context, async () => {
          const summary = await extract(context, how);
          return { document: summary, text: () => etlText(summary) };
        });
      }),
    );
}

/** `attractions train`: the second stage alone, on the latest visits. */
export function trainCommand(run: Runner): Command {
  return commandOf('train', 'trains models on the latest visits')
    .option('--full', 'train also where nothing is new since the latest model')
    .addOption(runIdOption())
    .action(async (how: { full?: true; runId?: string }) =>
      run(async (context) => {
        const { recorded, runTrain } = await import('../train-and-answer.js');
        return recorded('train', context, async () => {
          const { config, store, logger, signal, progress, own = {} } = context;
          const summary = await runTrain(config, { store, logger, signal, progress, kinds: own.models, ...how });
          return { document: summary, text: () => trainText(summary) };
        });
      }),
    );
}

/** `attractions serve`: the HTTP service, until a signal stops it. */
export function serveCommand(run: Runner): Command {
  return commandOf(
    'serve',
    'the HTTP service on the champion, or on the latest model while there is none; stops on SIGTERM or SIGINT',
  )
    .option('--each <file>', 'serve every tenant of this file below /v1/t/NAME; default: TENANTS_FILE')
    .action(async ({ each }: { each?: string }) =>
      run(async (context) => {
        const { serve, servingResult } = await import('../answering.js');
        const { config } = context;
        const tenantsFile = each ?? config.tenantsFile;
        return servingResult(await serve({ ...context, config: { ...config, tenantsFile } }));
      }),
    );
}
