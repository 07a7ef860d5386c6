import type { Command } from 'commander';
import { plural } from '@attractions/config';
import type { ExpireRule, Producer } from '@attractions/feeds';

import { logNamed, updateNamed } from '../../feed-log.js';
import { packageVersion } from '../../version.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { DAY_MS, countOf, daysOf } from '../count.js';
import { FEED, UPDATE } from './inspect.js';

/** The producer in records of changes by hand. */
function byHand(): Producer {
  return { id: 'attractions feeds', package: '@attractions/pipeline', version: packageVersion() };
}

function reasoned({ reason }: { readonly reason?: string }) {
  return { producer: byHand(), ...(reason !== undefined && { reason }) };
}

/** `alias`: names an update. */
export function aliasCommand(run: Runner): Command {
  return commandOf('alias', 'gives an update a name, such as champion, or moves the name to it')
    .argument('<alias>', 'the name')
    .argument('<update>', UPDATE)
    .option('--reason <text>', 'why, for the record')
    .action(async (alias: string, name: string, options: { reason?: string }) =>
      run(async ({ store }) => {
        const { feed, seq } = await updateNamed(store, name);
        const record = await store.log(feed).alias(alias, seq, reasoned(options));
        return { document: record, text: () => `${alias} is ${feed}#${seq}.` };
      }),
    );
}

/** `rollback`: moves an alias back. */
export function rollbackCommand(run: Runner): Command {
  return commandOf('rollback', 'moves an alias back to its previous update')
    .argument('<feed>', FEED)
    .argument('<alias>', 'the name')
    .option('--reason <text>', 'why, for the record')
    .action(async (name: string, alias: string, options: { reason?: string }) =>
      run(async ({ store }) => {
        const log = await logNamed(store, name);
        const record = await log.rollback(alias, reasoned(options));
        return { document: record, text: () => `${alias} is ${log.path}#${record.refs[alias]} again.` };
      }),
    );
}

/** `pin`: keeps an update from expiring. */
export function pinCommand(run: Runner): Command {
  return commandOf(
    'pin',
    'protects an update from expiry for some days; run it again with the same name to renew the pin',
  )
    .argument('<name>', 'name of the pin')
    .argument('<update>', UPDATE)
    .option('--days <count>', 'how long from now; 0 releases it', daysOf, 30)
    .option('--reason <text>', 'why, for the record')
    .action(async (pin: string, name: string, options: { days: number; reason?: string }) =>
      run(async ({ store }) => {
        const { feed, seq } = await updateNamed(store, name);
        const record = await store.log(feed).pin(pin, seq, { ...reasoned(options), leaseMs: options.days * DAY_MS });
        return { document: record, text: () => `${feed}#${seq} is pinned as ${pin} until ${record.until}.` };
      }),
    );
}

interface ExpireOptions {
  readonly keepLast?: number;
  readonly maxAge?: number;
  readonly grace: number;
  readonly yes?: true;
  readonly reason?: string;
}

/** `expire`: lets updates expire, and deletes those that expired long enough ago. */
export function expireCommand(run: Runner): Command {
  return commandOf(
    'expire',
    'expires old updates, and deletes the data of those that expired longer ago than --grace; without --yes it only prints what it would do',
  )
    .argument('<feed>', FEED)
    .option('--keep-last <count>', 'how many of the newest updates stay', countOf)
    .option('--max-age <days>', 'age up to which updates stay, in days', daysOf)
    .option('--grace <days>', 'days that readers have before a later expire deletes the data', daysOf, 1)
    .option('--yes', 'do it')
    .option('--reason <text>', 'why, for the record')
    .action(async (name: string, options: ExpireOptions) =>
      run(async ({ store }) => {
        const { keepLast, maxAge, grace, yes } = options;
        const log = await logNamed(store, name);
        const rule: ExpireRule = {
          ...(keepLast !== undefined && { keepLast }),
          ...(maxAge !== undefined && { maxAgeMs: maxAge * DAY_MS }),
        };
        const dryRun = yes !== true;
        const expiry = await log.expire(rule, { ...reasoned(options), dryRun, graceMs: Math.round(grace * DAY_MS) });
        const purge = await log.purge({ producer: byHand(), dryRun });
        const [will, wouldBe] = dryRun ? ['would expire', 'would be'] : ['expired', purge.files === 1 ? 'was' : 'were'];
        return {
          document: { feed: log.path, dryRun, expiry, purge },
          text: () =>
            [
              ...expiry.expired.map((seq) => `${log.path}#${seq} ${will}`),
              ...expiry.kept.map(({ seq, because }) => `${log.path}#${seq} stays: it ${because}`),
              ...purge.spared.map(
                ({ seq, because }) => `${log.path}#${seq} has expired but its data stay: it ${because}`,
              ),
              `${purge.files} ${plural(purge.files, 'file')} of ${purge.purged.length} ${plural(purge.purged.length, 'update')} ${wouldBe} deleted (${purge.bytes} bytes); ${purge.waiting.length} ${purge.waiting.length === 1 ? 'update waits' : 'updates wait'}.`,
              ...(dryRun ? ['Nothing was done; add --yes to do it.'] : []),
            ].join('\n'),
        };
      }),
    );
}
