import { parseArgs } from 'node:util';

import type { Logger } from 'pino';

import { describeSettings } from './describe.js';
import { loadDotEnv, readConfig } from './read.js';
import type { Config } from './read.js';
import type { Settings } from './setting.js';
import { createLogger, sharedSettings } from './shared-settings.js';

/** What a command found, once for programs and once for people. */
export interface CommandResult {
  /** Printed with `--json`, as the one JSON document of stdout. */
  readonly document: unknown;
  /** Printed without `--json`; without a line break at the end. */
  text(): string;
  /** For a command that goes on after its result is printed: settles when it ends. */
  readonly until?: Promise<void>;
}

/** What a command works with, besides its configuration. */
export interface CommandContext {
  readonly logger: Logger;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Whether a program reads the result: then no progress is drawn. */
  readonly json: boolean;
}

/** Where a command writes: results to `stdout`, everything else to `stderr`. */
export interface CommandOutput {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The command line of one stage. */
export interface StageCommand<S extends Settings> {
  /** Name of the command: `attractions-etl`. */
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly purpose: string;
  readonly settings: S & typeof sharedSettings;
  run(config: Config<S & typeof sharedSettings>, context: CommandContext): Promise<CommandResult>;
}

/** An error as a command line reports it. */
interface CommandFailure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Runs a stage as a process: `--json`, `--help`, settings from `.env` and the environment, log lines on stderr, an orderly stop on a
 * signal. Never throws; returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 the data or the model was refused.
 *
 * @param argv what follows the name of the program
 */
export async function runStage<S extends Settings>(
  command: StageCommand<S>,
  argv: readonly string[],
  output: CommandOutput = process,
): Promise<number> {
  const json = argv.includes('--json');
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      output.stdout.write(helpText(command));
      return 0;
    }
    loadDotEnv();
    const config = readConfig(command.settings);
    const logger = createLogger({ level: readConfig(sharedSettings).logLevel, name: command.name });
    await untilStopped(async (signal) => {
      const result = await command.run(config, { logger, signal, json });
      writeResult(output, result, json);
      await result.until;
    });
    return 0;
  } catch (error) {
    return reportFailure(output, error, json);
  }
}

/** Writes a result as JSON or as text. */
export function writeResult({ stdout }: CommandOutput, result: CommandResult, json: boolean): void {
  stdout.write(`${json ? JSON.stringify(result.document) : result.text()}\n`);
}

/** Writes what went wrong, with `--json` also as `{"error": {"code", "message"}}`, and returns the exit code. */
export function reportFailure(output: CommandOutput, error: unknown, json: boolean): number {
  const { exitCode, code, message } = failureOf(error);
  if (json) output.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  output.stderr.write(`${message}\n`);
  return exitCode;
}

/** Calls `act` with a signal that aborts on SIGINT and SIGTERM; the handlers are removed when it is done. */
export async function untilStopped(act: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('Stopped by a signal; what was not committed yet is not committed.'));
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

function helpText({ name, purpose, settings }: StageCommand<Settings>): string {
  return `${name}: ${purpose}

Usage: ${name} [--json] [--help]

  --json   print one JSON document on stdout; text and logs go to stderr
  --help   print this text

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the data or the model was refused.

Settings are environment variables, or lines of a .env file:

${describeSettings(settings)}`;
}
