import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { ExperimentPlan } from '../../experiments/plan.js';
import { grouped, table } from '../../text.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { countOf } from '../count.js';
import { more, percentOf } from './options.js';

interface PlanFlags {
  readonly days: number;
  readonly share: number;
  readonly panels: readonly [number, number];
  readonly effect?: number;
  readonly power: number;
  readonly reading: 'fixed' | 'anytime';
  readonly metric?: readonly string[];
}

/** `plan`: how many users an effect needs, or what effect can be seen. */
export function planCommand(run: Runner): Command {
  return commandOf(
    'plan',
    'the effect that an experiment can see, or the users that an effect needs, from the last days of the feeds',
  )
    .option('--days <count>', 'how long the experiment is to last; so many of the last days are looked at', countOf, 14)
    .option('--share <percent>', 'how many of all users take part', percentOf, 100)
    .option('--panels <shares>', 'of those, treatment and control in percent, such as 20,80', pairOf, [50, 50] as const)
    .option(
      '--effect <percent>',
      'a relative rise to see, such as 5; then the users and days that it needs are said too',
      percentOf,
    )
    .option('--power <percent>', 'how probably the effect is found', percentOf, 80)
    .addOption(
      new Option('--reading <when>', 'anytime: looked at every day; fixed: once, at the end')
        .choices(['anytime', 'fixed'])
        .default('anytime'),
    )
    .option('--metric <name>', 'a metric; may be repeated; default: all', more)
    .action(async ({ metric, ...flags }: PlanFlags) =>
      run(async (context) => {
        const { planExperiment } = await import('../../experiments/plan.js');
        const plan = await planExperiment({ ...flags, metrics: metric }, context);
        return { document: plan, text: () => planText(plan) };
      }),
    );
}

function pairOf(text: string): readonly [number, number] {
  const [a, b, ...others] = text.split(',').map((part) => percentOf(part.trim()));
  if (a !== undefined && b !== undefined && others.length === 0 && a > 0 && b > 0 && a + b <= 100) return [a, b];
  throw new InvalidArgumentError(`'${text}' is not two shares above 0 of together at most 100 %; give such as 50,50.`);
}

function planText({ days, from, to, users, usersInPanels, planned, power, reading, effect }: ExperimentPlan): string {
  const percent = (share: number) => `${(100 * share).toPrecision(3)} %`;
  const rows = planned.map((each) => [
    each.metric,
    each.users,
    each.value.toPrecision(4),
    each.standardDeviation.toPrecision(4),
    percent(each.varianceSaved),
    each.seen === undefined ? 'none' : `+${percent(each.seen.relative)}`,
    ...(effect === undefined ? [] : [each.usersNeeded ?? '', each.daysNeeded ?? '']),
  ]);
  const needed = effect === undefined ? [] : [`users for +${effect} %`, 'days'];
  return [
    `${grouped(users)} users were shown lists in ${days} days (${from} to ${to}); ${grouped(usersInPanels)} would be in the two panels.`,
    `Found with a power of ${power} %, read ${reading === 'anytime' ? 'at any time' : 'once, at the end'}:`,
    '',
    planned.length === 0
      ? 'No metric has values yet; declare some in the section experiments.metrics of the configuration file.'
      : table([['metric', 'users', 'value', 'deviation', 'CUPED saves', 'smallest rise', ...needed], ...rows]),
  ].join('\n');
}
