import type { Command } from 'commander';

import { PipelineError } from '../errors.js';
import type { KeepSummary } from '../keep/keep.js';
import { commandOf } from './command.js';
import type { PipelineContext, PipelineResult, Runner } from './command.js';

/** `attractions keep`: applies the section `keep` to all feeds. After that, every run does so too. */
export function keepCommand(run: Runner): Command {
  return commandOf(
    'keep',
    'expires old updates of all feeds by the section keep of the configuration file; after that, every run does so too',
  )
    .option('--dry-run', 'only print what would be removed')
    .action(async ({ dryRun = false }: { dryRun?: boolean }) =>
      run(async (context) => {
        if (dryRun) return keep(context, true);
        const [{ recorded }, { turnKeepOn }] = await Promise.all([import('../recorded.js'), import('../keep/keep.js')]);
        const result = await recorded('keep', context, () => keep(context, false));
        await turnKeepOn(context.store);
        return result;
      }),
    );
}

async function keep({ store, progress, own = {} }: PipelineContext, dryRun: boolean): Promise<PipelineResult> {
  if (own.keep === undefined)
    throw new PipelineError(
      'PIPELINE_USAGE',
      'Nothing says what is kept; write "keep": { "last": 14, "days": 90 } into the configuration file.',
    );
  const { keepFeeds, keepText } = await import('../keep/keep.js');
  const summary = await keepFeeds(store, own.keep, dryRun, progress);
  return {
    document: summary,
    text: () => [...summary.feeds.flatMap((feed) => feedLines(feed, dryRun)), keepText(summary)].join('\n'),
  };
}

function feedLines({ feed, expired, purged }: KeepSummary['feeds'][number], dryRun: boolean): string[] {
  return [
    ...(expired.length > 0 ? [`${feed}: ${dryRun ? 'would give up' : 'gave up'} ${expired.join(', ')}`] : []),
    ...(purged.length > 0 ? [`${feed}: ${dryRun ? 'would delete' : 'deleted'} the data of ${purged.join(', ')}`] : []),
  ];
}
