import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext, CommandResult } from '@attractions/config';
import type { FeedStore } from '@attractions/feeds';

import type { OwnParts } from '../own-parts.js';
import type { PipelineConfig } from '../settings.js';

/** What every command gets. Settings are read and checked before it starts. */
export interface PipelineContext extends CommandContext {
  readonly config: PipelineConfig;
  readonly store: FeedStore;
  /** The contents of the configuration file; absent or empty without one. */
  readonly own?: OwnParts;
}

/** A result that may be larger than memory: its lines are written as fast as the reader takes them, also with `--json`. */
interface StreamedResult {
  readonly lines: AsyncIterable<string>;
}

/** The result of a command. */
export type PipelineResult = (CommandResult | StreamedResult) & {
  /** The exit code of a command that has done its work but found a problem. Default: 0. */
  readonly exitCode?: number;
};

/** Runs `act` with a context and writes its result. */
export type Runner = (act: (context: PipelineContext) => Promise<PipelineResult>) => Promise<void>;

/** `--run-id`, of the commands that put updates. */
export function runIdOption(): Option {
  return new Option(
    '--run-id <id>',
    'name of the run that this is part of: repeated with the same name, it commits once; schedulers have one for all tries of a task',
  ).argParser((id) => {
    if (id.trim() !== '') return id;
    throw new InvalidArgumentError('It is empty; give the name of the run, or leave the option out.');
  });
}

/** A command with the options that all commands have. */
export function commandOf(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option('--json', 'print one JSON document on stdout; text and logs go to stderr'))
    .addOption(
      new Option(
        '--config <file>',
        'configuration file with your own code and data; default: attractions.config.ts, .mts, .mjs, .js or .json, if there is one',
      ),
    )
    .allowExcessArguments(false);
}
