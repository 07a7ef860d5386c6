import type { Command } from 'commander';
import { readTenants } from '@attractions/config';

import { PipelineError } from '../errors.js';
import { runText } from '../run-summary.js';
import type { RunSummary } from '../run-summary.js';
import { commandOf, runIdOption } from './command.js';
import type { PipelineContext, PipelineResult, Runner } from './command.js';
import { countOf } from './count.js';
import { ACCEPT, FULL } from './stages.js';

interface RunFlags {
  readonly sample?: true;
  readonly inMemory?: true;
  readonly accept?: true;
  readonly full?: true;
  readonly runId?: string;
  readonly each?: string | true;
  readonly workers?: number;
  readonly memory?: number;
}

/** `attractions run`: the main job. */
export function runCommand(run: Runner): Command {
  return commandOf('run', 'the whole pipeline: from raw visits to recommendations by name, through versioned feeds')
    .option('--sample', 'on generated visits that ship with the package, in place of RAW_DATA_PATH')
    .option('--in-memory', 'in one process, without feeds: nothing is written')
    .option('--accept', ACCEPT)
    .option('--full', `${FULL}, and train also where nothing is new`)
    .addOption(runIdOption())
    .option(
      '--each [tenants]',
      'the pipeline and the gate for each tenant of a file, or of the column tenant of the visits, below one root',
    )
    .option('--workers <count>', 'with --each: tenants run at once, in place of FLEET_WORKERS', countOf)
    .option('--memory <mb>', 'with --each: memory of all processes together, in place of FLEET_MEMORY_MB', countOf)
    .action(async (flags: RunFlags) =>
      run(async (given) => {
        if (flags.each !== undefined) return runEach(flags.each, flags, given);
        if (flags.workers !== undefined || flags.memory !== undefined)
          throw new PipelineError('PIPELINE_USAGE', '--workers and --memory are of a fleet; give --each too.');
        const { sample, inMemory, ...how } = flags;
        const { recorded, withSampleData } = await import('../extracting.js');
        const context = sample ? await withSampleData(given) : given;
        if (inMemory) {
          const { runInMemory } = await import('../run-in-memory.js');
          return resultOf(await runInMemory(context));
        }
        const { runThroughFeeds } = await import('../run-through-feeds.js');
        return recorded('run', context, async () => resultOf(await runThroughFeeds(context, how)));
      }),
    );
}

async function runEach(each: string | true, flags: RunFlags, context: PipelineContext): Promise<PipelineResult> {
  const others = [flags.sample && '--sample', flags.inMemory && '--in-memory', flags.runId && '--run-id'];
  const other = others.find((given) => given !== undefined);
  if (other !== undefined)
    throw new PipelineError('PIPELINE_USAGE', `--each cannot be used with ${other}; leave out one of the two.`);
  const [{ runFleet }, { exitCodeOf, fleetText }, { sizeOf, thisMachine }] = await Promise.all([
    import('../fleet/fleet.js'),
    import('../fleet/report.js'),
    import('../fleet/size.js'),
  ]);
  const { fleetWorkers, fleetMemoryMb, fleetDeadlineSeconds, fleetRetries } = context.config;
  const asked = { workers: flags.workers ?? fleetWorkers, memoryMb: flags.memory ?? fleetMemoryMb };
  const options = {
    ...sizeOf(asked, thisMachine()),
    deadlineSeconds: fleetDeadlineSeconds,
    retries: fleetRetries,
    ...(flags.full && { full: true }),
    ...(flags.accept && { accept: true }),
  };
  const split =
    each === true ? await (await import('../fleet/split.js')).splitTenants(context, options.memoryMb) : undefined;
  try {
    const report = await (split
      ? runFleet(split.tenants, { ...options, split: { rows: split.rows, rejectedRows: split.rejectedRows } }, context)
      : runFleet(await readTenants(String(each)), options, context));
    return { document: report, text: () => fleetText(report), exitCode: exitCodeOf(report) };
  } finally {
    await split?.close();
  }
}

function resultOf(summary: RunSummary): PipelineResult {
  return { document: summary, text: () => runText(summary) };
}
