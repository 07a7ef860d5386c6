import type { Command } from 'commander';
import type { Verification } from '@attractions/feeds';

import { logNamed } from '../../feed-log.js';
import { grouped } from '../../grouped.js';
import { paint } from '../../paint.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { FEED } from './inspect.js';

/** `verify`: reads feeds whole. Exit code 3 where something committed is lost or changed, so that cron tells. */
export function verifyCommand(run: Runner): Command {
  return commandOf('verify', 'reads feeds whole and says what is wrong where; exit code 3 where anything is broken')
    .argument('[feed]', `${FEED}; all feeds where absent`)
    .action(async (name: string | undefined) =>
      run(async ({ store }) => {
        const logs = name === undefined ? (await store.list()).map(store.log) : [await logNamed(store, name)];
        const found: Verification[] = [];
        for (const log of logs) found.push(await log.verify());
        const broken = found.some(({ findings }) => findings.some(({ kind }) => kind === 'broken'));
        return {
          document: found,
          text: () => found.map(told).join('\n') || `No feeds in ${store.root} yet.`,
          exitCode: broken ? 3 : 0,
        };
      }),
    );
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
