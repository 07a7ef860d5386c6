import { Command } from 'commander';

import type { Runner } from './command.js';
import { reportCommand } from './experiment/report.js';

/** `attractions experiment …`. */
export function experimentCommand(run: Runner): Command {
  return new Command('experiment').description('experiments, from question to decision').addCommand(reportCommand(run));
}
