import type { Command } from 'commander';

import { commandOf } from '../command.js';
import { countOf } from '../count.js';
import type { Runner } from '../command.js';

interface ReportFlags {
  readonly version?: number;
  readonly days: number;
  readonly html?: string;
  readonly segments?: boolean;
}

/** `attractions experiment report`: did a panel help? */
export function reportCommand(run: Runner): Command {
  return commandOf(
    'report',
    'what each panel showed, and whether one is better; exit code 3 where nothing may be concluded',
  )
    .argument('[name]', 'the experiment; default: the latest in the feeds')
    .option('--version <number>', 'this version alone; default: the latest ones that can be analysed together', countOf)
    .option(
      '--days <count>',
      'of the metric `followed`: days after a list within which a visit to one of its attractions counts',
      countOf,
      7,
    )
    .option('--segments', 'by park, and by known and new users, for exploration')
    .option('--html <file>', 'write a page with plots, and its figures as JSON beside it')
    .action(async (experiment: string | undefined, { version, days, html, segments = false }: ReportFlags) =>
      run(async (context) => {
        const { reportExperiment, reportText } = await import('../../experiments/report/report.js');
        const report = await reportExperiment({ experiment, version, days, html }, context);
        return {
          document: report,
          text: () => reportText(report, segments),
          exitCode: report.refusals.length > 0 ? 3 : 0,
        };
      }),
    );
}
