import type { Command } from 'commander';

import type { ListedRun } from '../recorded.js';
import { table } from '../text.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';
import { countOf } from './count.js';

/** `attractions runs`: past runs and their results. */
export function runsCommand(run: Runner): Command {
  return commandOf('runs', 'past runs, newest first: command, time, duration, counts, and the reason of a refusal')
    .option('--limit <count>', 'runs shown at most', countOf, 20)
    .action(async ({ limit }: { limit: number }) =>
      run(async ({ store }) => {
        const { lastRuns } = await import('../recorded.js');
        const listed = await lastRuns(store, limit);
        return { document: listed, text: () => runsText(listed) };
      }),
    );
}

function runsText(listed: readonly ListedRun[]): string {
  if (listed.length === 0) return 'No run is recorded yet.';
  const rows = listed.map(({ seq, command, startedAt, seconds, outcome, code, message, counts, feeds }) => [
    seq,
    startedAt.slice(0, 19).replace('T', ' '),
    command,
    outcome,
    `${seconds.toFixed(1)} s`,
    ...['rows', 'visits', 'users'].map((name) => counts[name] ?? ''),
    message === undefined ? putText(command, feeds) : reason(code, message),
  ]);
  return table([
    ['', 'started (UTC)', 'what', 'outcome', 'took', 'rows', 'visits', 'users', 'put, or why not'],
    ...rows,
  ]);
}

/** Those of `etl`, `train` and `run` that put nothing had nothing new to read or to train on. */
function putText(command: string, feeds: ListedRun['feeds']): string {
  if (feeds.length === 0 && ['etl', 'train', 'run'].includes(command)) return 'nothing new';
  return feeds.map(({ feed, seq }) => `${feed.replace(/\/v[\d.]+$/, '')}#${seq}`).join(' ');
}

/** The code, the first sentence and the first of the problems that are listed after it. */
function reason(code: string | undefined, message: string): string {
  const [first = '', ...more] = message.split('\n');
  const problem = more.find((line) => line.startsWith('- '));
  return [code, first, ...(problem === undefined ? [] : [problem.slice(2)])].filter(Boolean).join(' ');
}
