import { writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { findConfigFile, untilStopped, writeResult } from '@attractions/config';
import type { CommandOutput } from '@attractions/config';
import type { Guess, GuessedSource, PathsLook } from '@attractions/etl';

import { PipelineError } from '../errors.js';
import { commandOf } from './command.js';

/** The default of `--config`: a format with comments that needs no compiling. */
const FILE_NAME = 'attractions.config.mjs';

interface InitOptions {
  readonly config?: string;
  readonly force?: boolean;
}

/** `attractions init`: needs neither settings nor a configuration file, since it is the first command to run. */
export function initCommand(output: CommandOutput, json: boolean): Command {
  return commandOf('init', 'writes a configuration file for your own data, guessed from the first rows of files')
    .argument(
      '[paths...]',
      'files and folders: CSV, JSON lines, Parquet, also s3://bucket/prefix; postgres:VARIABLE for the database whose address is in a variable; default: the working folder',
    )
    .option('--force', 'replace the configuration file that is there')
    .action(async (paths: readonly string[], options: InitOptions) =>
      untilStopped(async (signal) => {
        const { configText, EtlError, guessSources, lookAtPaths } = await import('../extracting.js');
        const target = targetOf(options);
        const baseFolder = dirname(target);
        const given = paths.length === 0 ? ['.'] : paths;
        const seen = await lookAtPaths(given.map((path) => (/^(s3|postgres):/i.test(path) ? path : resolve(path))), baseFolder, signal); // prettier-ignore
        const guess = guessSources(seen);
        if ('problem' in guess)
          throw new EtlError(
            'ETL_HEADER_UNKNOWN',
            `${guess.problem} Give the paths of your files, or write sources into ${FILE_NAME} by hand.`,
          );
        await writeFile(target, configText(guess, paths), { flag: options.force ? 'w' : 'wx' });
        const config = relative(process.cwd(), target);
        const next = options.config === undefined ? 'attractions check' : `attractions check --config ${config}`;
        const { sources, events, notes } = guess;
        const document = { config, sources, ...(events && { events }), unsure: notes, leftOut: seen.leftOut, next };
        writeResult(output, { document, text: () => textOf(config, guess, seen, next) }, json);
      }),
    );
}

/** @throws PipelineError PIPELINE_CONFIG_EXISTS */
function targetOf({ config = FILE_NAME, force = false }: InitOptions): string {
  const target = resolve(config);
  let there: string | undefined;
  try {
    // A file with another name may be found first, and hide the new one.
    there = config === FILE_NAME ? findConfigFile() : findConfigFile(config);
  } catch {
    return target;
  }
  if (there === undefined || (force && there === target)) return target;
  const name = relative(process.cwd(), there);
  const fix = there === target ? 'use --force to replace it' : 'move it away first';
  throw new PipelineError('PIPELINE_CONFIG_EXISTS', `${name} is there already; ${fix}, or name another file with --config.`); // prettier-ignore
}

function textOf(
  config: string,
  { sources, events, notes, offers }: Guess,
  { leftOut }: PathsLook,
  next: string,
): string {
  const unsure = Object.entries(notes).flatMap(([key, all]) => all.map((note) => `- ${key}: ${note}`));
  const more = Object.values(offers).flat().length;
  return [
    `Wrote ${config}.`,
    sourceText('visits', sources.visits),
    ...(sources.attractions ? [sourceText('attractions', sources.attractions)] : []),
    ...(events ? [`  events: ${Object.entries(events).map(([name, weight]) => `${name} ${weight}`).join(', ')}`] : []), // prettier-ignore
    ...leftOut.slice(0, 5).map(({ path, reason }) => `Left out: '${path}' ${reason}.`),
    ...(leftOut.length > 5 ? [`Left out: ${leftOut.length - 5} more.`] : []),
    ...(unsure.length > 0 ? ['Not sure of, and marked with "?" in the file:', ...unsure] : []),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'column is' : 'columns are'} offered there as comments.`] : []),
    `Next: ${next}`,
  ].join('\n');
}

function sourceText(role: string, { type, files, folder, query, columns = {} }: GuessedSource): string {
  const places = Object.entries(columns).map(([name, place]) => `${name} = ${typeof place === 'object' ? JSON.stringify(place) : String(place)}`); // prettier-ignore
  const list = [files ?? folder ?? query].flat().map(String);
  const shown = list.length > 3 ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more` : list.join(', ');
  return `  ${role}: ${type}, ${shown}${places.length > 0 ? `: ${places.join(', ')}` : ''}`;
}
