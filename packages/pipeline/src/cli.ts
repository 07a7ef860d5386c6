import { Command, CommanderError } from 'commander';
import {
  createLogger,
  findConfigFile,
  loadDotEnv,
  progressOn,
  readConfig,
  reportFailure,
  settingsAndFile,
  untilStopped,
  writeResult,
} from '@attractions/config';
import type { CommandOutput, Logger } from '@attractions/config';
import { openFeeds } from '@attractions/feeds';

import type { Runner } from './commands/command.js';
import { checkCommand } from './commands/check.js';
import { completionCommand } from './commands/completion.js';
import { evaluateCommand } from './commands/evaluate.js';
import { experimentCommand } from './commands/experiment.js';
import { feedsCommand } from './commands/feeds.js';
import { forgetCommand } from './commands/forget.js';
import { initCommand } from './commands/init.js';
import { keepCommand } from './commands/keep.js';
import { recommendCommand } from './commands/recommend.js';
import { runCommand } from './commands/run.js';
import { runsCommand } from './commands/runs.js';
import { similarCommand } from './commands/similar.js';
import { etlCommand, serveCommand, trainCommand } from './commands/stages.js';
import { tuneCommand } from './commands/tune.js';
import { validateCommand } from './commands/validate.js';
import { peopleStream, writeLines } from './output.js';
import type { OwnParts } from './own-parts.js';
import { pipelineSettings } from './settings.js';
import type { PipelineConfig } from './settings.js';
import { packageVersion } from './version.js';

/**
 * Runs one command line and returns its exit code; never throws. With `--json` stdout gets exactly one document; if the command fails, it is `{"error":
 * {"code", "message"}}`.
 *
 * @param argv the words after the name of the program
 */
export async function main(argv: readonly string[], output: CommandOutput = process): Promise<number> {
  const json = argv.includes('--json');
  try {
    loadDotEnv();
    let exitCode = 0;
    const program = programOf(output, json, (code) => (exitCode = code));
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? 0 : reportFailure(output, usageError(error), json);
    return reportFailure(output, error, json);
  }
}

function programOf(output: CommandOutput, json: boolean, exitWith: (code: number) => void): Command {
  let configFile: string | undefined;
  const run: Runner = (act) =>
    untilStopped(async (signal) => {
      const { config, own } = await configured(configFile);
      const logger = loggerOf(config, output, json);
      const progress = progressOn({ stderr: output.stderr, logger, json });
      const result = await act({ config, store: openFeeds(config.feedsRoot), logger, signal, json, own, progress });
      if ('lines' in result) await writeLines(output.stdout, result.lines);
      else writeResult(output, result, json);
      exitWith(result.exitCode ?? 0);
      if ('until' in result) await result.until;
    });
  const program = new Command('attractions')
    .description('From photos of visitors in theme parks to recommendations by name, through versioned feeds.')
    .version(packageVersion())
    // Options before a command belong to the program, options after it to the command: `experiment --version 2` is not `--version`.
    .enablePositionalOptions()
    .addHelpText('after', HELP)
    .hook('preAction', (_, command) => {
      configFile = command.optsWithGlobals<{ config?: string }>().config;
    })
    .addCommand(initCommand(output, json))
    .addCommand(checkCommand(run))
    .addCommand(runCommand(run))
    .addCommand(etlCommand(run))
    .addCommand(trainCommand(run))
    .addCommand(evaluateCommand(run))
    .addCommand(validateCommand(run))
    .addCommand(tuneCommand(run))
    .addCommand(experimentCommand(run))
    .addCommand(serveCommand(run))
    .addCommand(recommendCommand(run))
    .addCommand(similarCommand(run))
    .addCommand(runsCommand(run))
    .addCommand(keepCommand(run))
    .addCommand(forgetCommand(run))
    .addCommand(feedsCommand(run))
    .addCommand(completionCommand(output));
  for (const command of withDescendants(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => output.stdout.write(text),
      // Errors are reported in one place, once.
      outputError: () => undefined,
    });
  }
  return program;
}

/** Reads settings and the configuration file, and throws the problems of both at once. */
async function configured(given: string | undefined): Promise<{ config: PipelineConfig; own: OwnParts }> {
  const path = findConfigFile(given);
  return settingsAndFile(
    () => readConfig(pipelineSettings),
    async () => (path === undefined ? {} : (await import('./own-parts.js')).ownPartsIn(path)),
  );
}

const HELP = `
Settings are environment variables, or lines of a .env file; .env.example lists them. Your own code and data are in attractions.config.ts, or in the file of --config.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the data or the model was refused.`;

function* withDescendants(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* withDescendants(child);
}

function usageError({ message }: CommanderError): object {
  const sentence = message.replace(/^error: /, '');
  return { code: 'USAGE', exitCode: 2, message: `${sentence}\nSee 'attractions --help'.` };
}

/** Log lines are JSON with `--json`, and sentences without it. */
function loggerOf({ logLevel }: PipelineConfig, { stderr }: CommandOutput, json: boolean): Logger {
  return createLogger({ level: logLevel, name: 'attractions', ...(!json && { destination: peopleStream(stderr) }) });
}
