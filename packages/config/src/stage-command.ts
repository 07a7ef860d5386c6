import { parseArgs } from 'node:util';

import type { Logger } from 'pino';

import { findConfigFile, loadConfigFile, readSections } from './config-file.js';
import type { SectionValues, Sections } from './config-file.js';
import { describeSettings } from './describe.js';
import { ConfigError } from './errors.js';
import { progressOn } from './progress.js';
import type { ShowProgress } from './progress.js';
import { loadDotEnv, readConfig } from './read.js';
import type { Config } from './read.js';
import type { Settings } from './setting.js';
import { createLogger, sharedSettings } from './shared-settings.js';

/** The result of a command, for programs and for people. */
export interface CommandResult {
  /** Printed with `--json`, as the one JSON document of stdout. */
  readonly document: unknown;
  /** Printed without `--json`; without a line break at the end. */
  text(): string;
  /** For a command that continues after its result is printed: settles when it ends. */
  readonly until?: Promise<void>;
}

/** What a command gets in addition to its configuration. */
export interface CommandContext {
  readonly logger: Logger;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Whether `--json` is given: then no progress bar is drawn. */
  readonly json: boolean;
  /** Shows how far long work is, on stderr. */
  readonly progress?: ShowProgress;
}

/** Where a command writes: results to `stdout`, everything else to `stderr`. */
export interface CommandOutput {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** What a stage gets in addition to its settings. */
export interface StageContext<T extends Sections> extends CommandContext {
  /** The stage's sections of the configuration file; empty where there is no file. */
  readonly own: SectionValues<T>;
  /** Path of that file, for threads and for paths in it. */
  readonly configFile: string | undefined;
  /** Which of the stage's flags are given. */
  readonly flags: ReadonlySet<string>;
}

/** The command line of one stage. */
export interface StageCommand<S extends Settings, T extends Sections = Record<never, never>> {
  /** Name of the command: `attractions-etl`. */
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly purpose: string;
  readonly settings: S & typeof sharedSettings;
  /** Sections of the configuration file that the stage uses. Those of other stages are ignored. */
  readonly sections: T;
  /** Options of the stage that take no value, with what each does: `{ full: 'read all raw data' }` is `--full`. */
  readonly flags?: Readonly<Record<string, string>>;
  run(config: Config<S & typeof sharedSettings>, context: StageContext<T>): Promise<CommandResult>;
}

/** An error as a command line reports it. */
interface CommandFailure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Runs a stage as a process: `--config`, `--json`, `--help`, settings from `.env` and the environment, log lines on stderr, an orderly stop on a signal.
 * Never throws; returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 the data or the model was refused.
 *
 * @param argv the words after the name of the program
 */
export async function runStage<S extends Settings, T extends Sections>(
  command: StageCommand<S, T>,
  argv: readonly string[],
  output: CommandOutput = process,
): Promise<number> {
  const json = argv.includes('--json');
  const known = Object.keys(command.flags ?? {});
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        ...Object.fromEntries(known.map((flag) => [flag, { type: 'boolean' } as const])),
        config: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      output.stdout.write(helpText(command));
      return 0;
    }
    const flags = new Set(known.filter((flag) => flag in values));
    loadDotEnv();
    const configFile = findConfigFile(values.config);
    const { config, own } = await settingsAndFile(
      () => readConfig(command.settings),
      async () =>
        configFile === undefined ? {} : readSections(await loadConfigFile(configFile), command.sections, false),
    );
    const logger = createLogger({ level: readConfig(sharedSettings).logLevel, name: command.name });
    await untilStopped(async (signal) => {
      const progress = progressOn({ stderr: output.stderr, logger, json });
      const result = await command.run(config, { logger, signal, json, own, configFile, progress, flags });
      writeResult(output, result, json);
      await result.until;
    });
    return 0;
  } catch (error) {
    return reportFailure(output, error, json);
  }
}

/**
 * Settings and what a configuration file brings, with the problems of both at once.
 * @throws ConfigError
 */
export async function settingsAndFile<C, O>(
  read: () => C,
  load: () => Promise<O>,
): Promise<{ readonly config: C; readonly own: O }> {
  const [config, own] = await Promise.allSettled([(async () => read())(), load()]);
  if (config.status === 'fulfilled' && own.status === 'fulfilled') return { config: config.value, own: own.value };
  const errors: unknown[] = [config, own].flatMap((part) => (part.status === 'rejected' ? [part.reason] : []));
  const problems = errors.flatMap((error) => (error instanceof ConfigError ? error.problems : []));
  throw errors.length > 1 && problems.length > 1 ? new ConfigError('CONFIG_INVALID', problems) : errors[0];
}

/** Writes a result as JSON or as text. */
export function writeResult({ stdout }: CommandOutput, result: CommandResult, json: boolean): void {
  stdout.write(`${json ? JSON.stringify(result.document) : result.text()}\n`);
}

/** Writes an error, with `--json` also as `{"error": {"code", "message"}}`, and returns the exit code. */
export function reportFailure(output: CommandOutput, error: unknown, json: boolean): number {
  const { exitCode, code, message } = failureOf(error);
  if (json) output.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  output.stderr.write(`${message}\n`);
  return exitCode;
}

/** Calls `act` with a signal that aborts on SIGINT and SIGTERM; the handlers are removed when it is done. */
export async function untilStopped(act: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const stop = () =>
    stopping.abort(new Error('Stopped by a signal; updates that were not committed yet are not committed.'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await act(stopping.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** The errors of our packages have a `code` and an `exitCode`, those of `parseArgs` a `code`; any other is unexpected. */
function failureOf(error: unknown): CommandFailure {
  const { code = 'UNEXPECTED', exitCode, message = String(error) } = (error ?? {}) as Partial<CommandFailure>;
  return { code, message, exitCode: exitCode ?? (code.startsWith('ERR_PARSE_ARGS') ? 2 : 1) };
}

function helpText({ name, purpose, settings, sections, flags = {} }: StageCommand<Settings, Sections>): string {
  const more = Object.entries(flags);
  return `${name}: ${purpose}

Usage: ${name} [--config FILE]${more.map(([flag]) => ` [--${flag}]`).join('')} [--json] [--help]

  --config FILE   code and data of your own; else attractions.config.ts, .mts, .mjs, .js or .json, if there is one
${more.map(([flag, does]) => `  --${flag.padEnd(13)} ${does}\n`).join('')}  --json          print one JSON document on stdout; text and logs go to stderr
  --help          print this text

It takes from that file: ${Object.keys(sections).join(', ')}.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the data or the model was refused.

Settings are environment variables, or lines of a .env file:

${describeSettings(settings)}`;
}
