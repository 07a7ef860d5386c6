import { Command, Option } from 'commander';
import type { CommandContext, CommandResult } from '@attractions/config';
import type { FeedStore } from '@attractions/feeds';

import type { OwnParts } from '../own-parts.js';
import type { PipelineConfig } from '../settings.js';

/** What a command of ours works with. Settings are read and checked before it starts. */
export interface PipelineContext extends CommandContext {
  readonly config: PipelineConfig;
  readonly store: FeedStore;
  /** What the configuration file brings; absent or empty without one. */
  readonly own?: OwnParts;
}

/** A result that may be larger than memory: written line by line, as fast as the lines are taken, with `--json` too. */
interface StreamedResult {
  readonly lines: AsyncIterable<string>;
}

/** What a command of ours found. */
export type PipelineResult = (CommandResult | StreamedResult) & {
  /** What the process exits with, where what was found is bad news though the command has done its work; 0 by default. */
  readonly exitCode?: number;
};

/** Runs `act` with a context and writes what it found; given to every command by the command line. */
export type Runner = (act: (context: PipelineContext) => Promise<PipelineResult>) => Promise<void>;

/** A command with what all of them have in common. */
export function commandOf(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option('--json', 'print one JSON document on stdout; text and logs go to stderr'))
    .addOption(
      new Option(
        '--config <file>',
        'code and data of your own; else attractions.config.ts, .mts, .mjs, .js or .json, if there is one',
      ),
    )
    .allowExcessArguments(false);
}
