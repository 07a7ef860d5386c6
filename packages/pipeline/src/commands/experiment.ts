import type { Command } from 'commander';
import type { ExperimentReadOut } from '@attractions/evaluation';

import { grouped, signed, table } from '../text.js';
import { commandOf } from './command.js';
import { countOf } from './count.js';
import type { Runner } from './command.js';

interface ExperimentFlags {
  readonly version?: number;
  readonly days: number;
}

/** `attractions experiment`: did a panel help? */
export function experimentCommand(run: Runner): Command {
  return commandOf(
    'experiment',
    'whether a panel of an experiment helped; exit code 3 unless every exposure can be recomputed and the sample ratio is right',
  )
    .argument('[name]', 'the experiment; default: the latest in the feeds')
    .option('--version <number>', 'its version; default: the latest', countOf)
    .option('--days <count>', 'days after a list within which a visit to one of its attractions counts', countOf, 7)
    .action(async (experiment: string | undefined, { version, days }: ExperimentFlags) =>
      run(async ({ config, store, signal }) => {
        const { runExperiment } = await import('../judging.js');
        const options = { days, resamples: config.reportResamples, signal };
        const findings = await runExperiment(store, { experiment, version }, options);
        return { document: findings, text: () => findingsText(findings) };
      }),
    );
}

function findingsText(findings: ExperimentReadOut): string {
  const { experiment, version, days, recomputed, sampleRatio, panels, passedOver } = findings;
  const rows = panels.map(({ panel, recommender, exposed, users, exposures, followed, difference }) => [
    panel,
    recommender,
    exposed,
    users,
    exposures,
    followed.mean.toFixed(4),
    difference ? `${signed(difference.mean)} [${signed(difference.low)}, ${signed(difference.high)}]` : '',
  ]);
  const { statistic, degrees, p } = sampleRatio;
  return [
    `Experiment ${experiment}, version ${version}: all ${grouped(recomputed)} exposures recompute; sample ratio right: chi-square ${statistic.toFixed(2)} of ${degrees}, p ${p.toPrecision(2)}.`,
    ...passedOverText(passedOver),
    `Followed: the share of users who went to an attraction of a list within ${days} days. In brackets: 95 % interval of the difference to the first panel.`,
    '',
    table([['panel', 'recommender', 'exposed', 'users', 'lists', 'followed', 'difference'], ...rows]),
  ].join('\n');
}

function passedOverText({ expiredExposures, experiments }: ExperimentReadOut['passedOver']): string[] {
  return [
    ...(expiredExposures > 0
      ? [`Passed over ${expiredExposures} updates of exposures that have expired: the lists in them do not count.`]
      : []),
    ...(experiments > 0 ? [`Passed over ${experiments} newer experiments that have expired or cannot be read.`] : []),
  ];
}
