import type { Command } from 'commander';

import type { ListedExperiment } from '../../experiments/running.js';
import { table } from '../../text.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { NAME } from './change.js';
import { attributeOf } from './options.js';
import { changedText, namedText } from './text.js';

/** `list`: every experiment, those that run first. */
export function listCommand(run: Runner): Command {
  return commandOf('list', 'all experiments, those that run first').action(async () =>
    run(async ({ store }) => {
      const { listedIn } = await import('../../experiments/running.js');
      const listed = await listedIn(store);
      return { document: listed, text: () => listText(listed) };
    }),
  );
}

function listText(listed: readonly ListedExperiment[]): string {
  if (listed.length === 0) return "There is no experiment yet; 'attractions experiment start' begins one.";
  const rows = listed.map((each) => [
    each.experiment,
    each.version,
    each.status,
    `${each.share} % of ${each.layer}`,
    each.panels.map((panel) => `${namedText({ ...panel, name: panel.panel })} ${panel.share} %`).join(', '),
    each.winner === undefined ? '' : `${each.winner}${each.isDefault ? ', for everybody' : ''}`,
    each.changedAt ?? '',
    each.changedBy ?? '',
  ]);
  return [
    table([['experiment', 'version', 'status', 'share', 'panels', 'winner', 'changed', 'by'], ...rows]),
    ...listed.flatMap(({ experiment, problem }) =>
      problem === undefined ? [] : [`'${experiment}' is left out: ${problem}`],
    ),
  ].join('\n');
}

/** `show NAME`: one experiment and all of its changes. */
export function showCommand(run: Runner): Command {
  return commandOf('show', 'one experiment with all of its versions: who changed it, when and why')
    .argument('<name>', NAME)
    .action(async (name: string) =>
      run(async ({ store }) => {
        const { versionsOf } = await import('../../experiments/running.js');
        const versions = await versionsOf(store, name);
        const latest = versions.at(-1);
        const changes = versions.map(({ experiment, record }) => ({
          version: experiment.version,
          update: record.seq,
          status: experiment.status ?? 'running',
          changedAt: experiment.changedAt ?? record.timestamp,
          changedBy: experiment.changedBy ?? null,
          reason: experiment.reason ?? null,
        }));
        return {
          document: { ...latest?.experiment, versions: changes },
          text: () =>
            [
              ...(latest
                ? [changedText(latest.experiment.status === 'stopped' ? 'Stopped' : 'Running', latest.experiment)]
                : []),
              '',
              table([
                ['version', 'update', 'status', 'changed', 'by', 'why'],
                ...changes.map((change) => [
                  change.version,
                  change.update,
                  change.status,
                  change.changedAt,
                  change.changedBy ?? '',
                  change.reason ?? '',
                ]),
              ]),
            ].join('\n'),
        };
      }),
    );
}

interface AssignOptions {
  readonly park?: string;
  readonly attribute?: Readonly<Record<string, string>>;
}

/** `assign USER…`: the panels of users, by arithmetic alone. */
export function assignCommand(run: Runner): Command {
  return commandOf('assign', 'the panels of users in all experiments that run; nothing is recorded')
    .argument('<users...>', 'ids of users')
    .option('--park <park>', 'the park of their request, for targets')
    .option(
      '--attribute <name=value>',
      'an attribute of their request, such as platform=ios; may be repeated',
      attributeOf,
    )
    .action(async (userIds: readonly string[], { park, attribute = {} }: AssignOptions) =>
      run(async ({ store }) => {
        const { assignedIn } = await import('../../experiments/running.js');
        const attributes = { ...attribute, ...(park !== undefined && { park }) };
        const assigned = await assignedIn(store, userIds, attributes);
        const rows = assigned.flatMap(({ userId, panels }) =>
          panels.length === 0
            ? [[userId, 'none', '', '', '']]
            : panels.map(({ experiment, version, panel, bucket, forced }) => [
                userId,
                experiment,
                String(version),
                forced ? `${panel}, forced` : panel,
                String(bucket),
              ]),
        );
        return {
          document: assigned,
          text: () => table([['user', 'experiment', 'version', 'panel', 'bucket'], ...rows]),
        };
      }),
    );
}
