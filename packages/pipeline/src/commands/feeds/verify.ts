import type { Command } from 'commander';
import type { FeedLog, FeedStore, Repair, Verification } from '@attractions/feeds';

import { logNamed } from '../../feed-log.js';
import { grouped, paint } from '../../text.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { DAY_MS, daysOf } from '../count.js';
import { FEED } from './inspect.js';

/** `verify`: reads feeds whole. Exit code 3 if something committed is lost or changed, so that cron reports it. */
export function verifyCommand(run: Runner): Command {
  return commandOf('verify', 'reads feeds completely and reports what is wrong; exit code 3 if anything is broken')
    .argument('[feed]', `${FEED}; all feeds where absent`)
    .action(async (name: string | undefined) =>
      run(async ({ store, progress }) => {
        const found: Verification[] = [];
        const logs = await logsOf(store, name);
        for (const log of logs) {
          progress?.({ what: 'verifying', done: found.length, total: logs.length, unit: 'feeds', detail: log.path });
          found.push(await log.verify());
        }
        if (found.length > 0) progress?.({ what: 'verifying', done: found.length, total: logs.length, unit: 'feeds' });
        return {
          document: found,
          text: () => found.map(told).join('\n') || `No feeds in ${store.root} yet.`,
          exitCode: found.some(isBroken) ? 3 : 0,
        };
      }),
    );
}

/** `repair`: removes what writers that died have left. Exit code 3 if something is broken: then that feed is not changed. */
export function repairCommand(run: Runner): Command {
  return commandOf(
    'repair',
    'removes what writers that died have left; without --yes it only prints what; exit code 3 if anything is broken',
  )
    .argument('[feed]', `${FEED}; all feeds where absent`)
    .option('--min-age <days>', 'age in days from which a file that no record names is removed', daysOf, 1)
    .option('--yes', 'do it')
    .action(async (name: string | undefined, { minAge, yes }: { minAge: number; yes?: true }) =>
      run(async ({ store }) => {
        const done: Repair[] = [];
        for (const log of await logsOf(store, name)) {
          const untouched = async () => ({ verification: await log.verify(), removed: [], marked: [] });
          done.push(yes ? await log.repair({ minAgeMs: minAge * DAY_MS }) : await untouched());
        }
        const repaired = done.map(({ verification, removed, marked }) =>
          [
            told(verification),
            ...removed.map((path) => `  removed  ${path}`),
            ...marked.map((path) => `  marked   ${path}`),
          ].join('\n'),
        );
        return {
          document: done,
          text: () => [...repaired, ...(yes ? [] : ['Nothing was done; add --yes to do it.'])].join('\n'),
          exitCode: done.some(({ verification }) => isBroken(verification)) ? 3 : 0,
        };
      }),
    );
}

async function logsOf(store: FeedStore, name: string | undefined): Promise<readonly FeedLog[]> {
  return name === undefined ? (await store.list()).map(store.log) : [await logNamed(store, name)];
}

function isBroken({ findings }: Verification): boolean {
  return findings.some(({ kind }) => kind === 'broken');
}

function told({ feed, records, updates, files, bytes, findings }: Verification): string {
  const size = [records, updates, files, bytes].map(grouped);
  const looked = `${feed}: ${size[0]} records, ${size[1]} updates, ${size[2]} files, ${size[3]} bytes`;
  if (findings.length === 0) return `${looked}: ${paint('green', 'all well')}`;
  return [
    looked,
    ...findings.map(({ kind, path, problem }) => {
      return `  ${paint(kind === 'broken' ? 'red' : 'yellow', kind)}  ${path} ${problem}`;
    }),
  ].join('\n');
}
