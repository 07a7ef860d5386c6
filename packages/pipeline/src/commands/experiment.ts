import type { Command } from 'commander';

import { commandOf } from './command.js';
import type { Runner } from './command.js';
import { rampCommand, stopCommand } from './experiment/change.js';
import { exportCommand } from './experiment/export.js';
import { assignCommand, listCommand, showCommand } from './experiment/inspect.js';
import { planCommand } from './experiment/plan.js';
import { reportCommand } from './experiment/report.js';
import { startCommand } from './experiment/start.js';

/** `attractions experiment`: the life of experiments, from the first user to the verdict. */
export function experimentCommand(run: Runner): Command {
  return commandOf(
    'experiment',
    'A/B experiments: start, ramp and stop them, see who is in which panel, and what it did',
  )
    .addCommand(planCommand(run))
    .addCommand(startCommand(run))
    .addCommand(listCommand(run), { isDefault: true })
    .addCommand(showCommand(run))
    .addCommand(rampCommand(run))
    .addCommand(stopCommand(run))
    .addCommand(assignCommand(run))
    .addCommand(reportCommand(run))
    .addCommand(exportCommand(run));
}
