import type { Command } from 'commander';
import { plural } from '@attractions/config';

import { PipelineError } from '../errors.js';
import type { ForgetSummary } from '../forget/forget.js';
import { table } from '../text.js';
import { commandOf } from './command.js';
import type { PipelineContext, PipelineResult, Runner } from './command.js';

/** `attractions forget USER…`: removes visitors from all feeds. */
export function forgetCommand(run: Runner): Command {
  return commandOf(
    'forget',
    'removes visitors from all feeds, and leaves them out of later data; without --yes it only prints what would be removed',
  )
    .argument('<users...>', 'ids of the visitors; with pseudonymize, as in the raw data or as in the visits')
    .option('--yes', 'do it; this cannot be undone')
    .action(async (users: string[], { yes }: { yes?: true }) =>
      run(async (context) => {
        if (!yes) return forget(users, context, true);
        const { recorded } = await import('../recorded.js');
        return recorded('forget', context, () => forget(users, context, false));
      }),
    );
}

async function forget(users: readonly string[], context: PipelineContext, dryRun: boolean): Promise<PipelineResult> {
  if (users.some((id) => id.trim() === ''))
    throw new PipelineError('PIPELINE_USAGE', 'An id of a visitor is empty; give ids as they are in the visits.');
  const { store, signal, config, progress, own = {} } = context;
  const { forgetUsers, pseudonymKeyOf, pseudonymOf, settleSpools } = await import('../forgetting.js');
  // Feeds with pseudonyms know no ids; those who forget may give either.
  const key = pseudonymKeyOf(config, own.pseudonymize);
  const ids = key === undefined ? users : [...users, ...users.map((id) => pseudonymOf(key, id))];
  const settle = (all: ReadonlySet<string>) => settleSpools(config, store, all);
  const found = await forgetUsers(ids, { store, dryRun, signal, settle, progress });
  const summary = { ...found, users: users.length };
  return {
    document: summary,
    text: () => forgetText(summary),
    exitCode: summary.waiting.length > 0 ? 1 : 0,
  };
}

function forgetText({ dryRun, users, feeds, files, bytes, remaining, waiting }: ForgetSummary): string {
  const who = users === 1 ? 'the visitor' : `the ${users} visitors`;
  const rows = feeds.map(({ feed, removed, anew, expired }) => [
    feed,
    removed,
    anew.map(({ from, to }) => `${from} as ${to}`).join(', '),
    expired.join(', '),
  ]);
  const [written, given] = dryRun ? ['', 'would be given up'] : ['written anew', 'given up'];
  return [
    ...(rows.length > 0
      ? [table([['feed', 'of them', written, given], ...rows])]
      : [`There is nothing of ${who} in the feeds.`]),
    ...remaining.map((sentence) => `Remains: ${sentence}`),
    ...waiting.map(
      (path) =>
        `Not done: ${path} is of a run that is at work, or that died less than an hour ago; forget again when it has ended.`,
    ),
    dryRun
      ? `Nothing was done; add --yes to do it.`
      : `${files} ${plural(files, 'file')} (${(bytes / 1e6).toFixed(1)} MB) ${files === 1 ? 'was' : 'were'} deleted. Later data leave ${who} out.`,
  ].join('\n');
}
