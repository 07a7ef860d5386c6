import type { Command } from 'commander';

import { runThroughFeeds } from '../run-through-feeds.js';
import { runText } from '../run-summary.js';
import type { RunSummary } from '../run-summary.js';
import { commandOf } from './command.js';
import type { PipelineContext, Runner } from './command.js';

/** `attractions run`: the main job. */
export function runCommand(run: Runner): Command {
  return commandOf('run', 'the whole pipeline: raw visits to named recommendations, through versioned feeds')
    .option('--in-memory', 'the same classes in one process, without feeds: nothing is written')
    .action(async (options: { inMemory?: boolean }) =>
      run(async (context) => {
        const summary = options.inMemory ? await inMemory(context) : await runThroughFeeds(context);
        return { document: summary, text: () => runText(summary) };
      }),
    );
}

async function inMemory(context: PipelineContext): Promise<RunSummary> {
  const { runInMemory } = await import('../run-in-memory.js');
  return runInMemory(context);
}
