import type { Command } from 'commander';

import { runText } from '../run-summary.js';
import type { RunSummary } from '../run-summary.js';
import { commandOf, runIdOption } from './command.js';
import type { PipelineResult, Runner } from './command.js';
import { ACCEPT, FULL } from './stages.js';

interface RunOptions {
  readonly sample?: true;
  readonly inMemory?: true;
  readonly accept?: true;
  readonly full?: true;
  readonly runId?: string;
}

/** `attractions run`: the main job. */
export function runCommand(run: Runner): Command {
  return commandOf('run', 'the whole pipeline: from raw visits to recommendations by name, through versioned feeds')
    .option('--sample', 'on generated visits that ship with the package, in place of RAW_DATA_PATH')
    .option('--in-memory', 'in one process, without feeds: nothing is written')
    .option('--accept', ACCEPT)
    .option('--full', `${FULL}, and train also where nothing is new`)
    .addOption(runIdOption())
    .action(async ({ sample, inMemory, ...how }: RunOptions) =>
      run(async (given) => {
        const { recorded, withSampleData } = await import('../extracting.js');
        const context = sample ? await withSampleData(given) : given;
        if (inMemory) {
          const { runInMemory } = await import('../run-in-memory.js');
          return resultOf(await runInMemory(context));
        }
        const { runThroughFeeds } = await import('../run-through-feeds.js');
        return recorded('run', context, async () => resultOf(await runThroughFeeds(context, how)));
      }),
    );
}

function resultOf(summary: RunSummary): PipelineResult {
  return { document: summary, text: () => runText(summary) };
}
