import type { Command } from 'commander';

import { runThroughFeeds } from '../run-through-feeds.js';
import { runText } from '../run-summary.js';
import { withSampleData } from '../sample-data.js';
import type { RunSummary } from '../run-summary.js';
import { commandOf } from './command.js';
import type { PipelineContext, Runner } from './command.js';

/** `attractions run`: the main job. */
export function runCommand(run: Runner): Command {
  return commandOf('run', 'the whole pipeline: raw visits to named recommendations, through versioned feeds')
    .option('--sample', 'on generated visits that ship with the package, in place of RAW_DATA_PATH')
    .option('--in-memory', 'the same classes in one process, without feeds: nothing is written')
    .action(async (options: { sample?: boolean; inMemory?: boolean }) =>
      run(async (given) => {
        const context = options.sample ? await withSampleData(given) : given;
        const summary = options.inMemory ? await inMemory(context) : await runThroughFeeds(context);
        return { document: summary, text: () => runText(summary) };
      }),
    );
}

async function inMemory(context: PipelineContext): Promise<RunSummary> {
  const { runInMemory } = await import('../run-in-memory.js');
  return runInMemory(context);
}
