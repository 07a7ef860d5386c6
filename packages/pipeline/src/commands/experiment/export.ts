import { Argument, Option } from 'commander';
import type { Command } from 'commander';

import type { ExportFormat, ExportSummary, ExportedFeed } from '../../experiments/export.js';
import { grouped } from '../../text.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';

interface ExportFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly experiment?: string;
}

/** `attractions experiment export exposures|events`: for other programs. */
export function exportCommand(run: Runner): Command {
  return commandOf(
    'export',
    'writes exposures or events for a warehouse, GrowthBook, Statsig, Segment or OpenTelemetry',
  )
    .addArgument(new Argument('<feed>', 'what to write').choices(['exposures', 'events']))
    .addOption(
      new Option(
        '--format <format>',
        'warehouse: the columns unit, time, experiment, variation, as .csv or .parquet; segment, otel: lines of JSON',
      )
        .choices(['warehouse', 'segment', 'otel'])
        .default('warehouse'),
    )
    .requiredOption('--out <file>', 'where to: .csv or .parquet; .jsonl for segment and otel')
    .option('--experiment <name>', 'only exposures of this experiment')
    .action(async (feed: ExportedFeed, { format, out, experiment }: ExportFlags) =>
      run(async ({ store, signal }) => {
        const { exportFeed } = await import('../../experiments/export.js');
        const options = { format, file: out, ...(experiment !== undefined && { experiment }) };
        const summary = await exportFeed(store, feed, options, signal);
        return { document: summary, text: () => exportText(summary) };
      }),
    );
}

function exportText({ feed, file, rows, forced, outside, expired }: ExportSummary): string {
  const left = [
    ...(forced > 0 ? [`${grouped(forced)} of testers, to whom a panel is forced`] : []),
    ...(outside > 0 ? [`${grouped(outside)} in no experiment or of nobody known`] : []),
    ...(expired > 0 ? [`those of ${grouped(expired)} updates that have expired`] : []),
  ];
  return [
    `Wrote ${grouped(rows)} rows of ${feed} to ${file}.`,
    ...(left.length > 0 ? [`Left out: ${left.join('; ')}.`] : []),
  ].join('\n');
}
