#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createProject, refuseNonEmpty } from './create.js';
import { CreateError } from './errors.js';
import { LANGUAGES, PACKAGE_MANAGERS, SAMPLE, isPath, nameOf, oneOf, packageManagerOf, variableOf } from './plan.js';
import type { Ranges } from './project.js';

const HELP = `Usage: npm create attractions [FOLDER] -- [OPTIONS]

writes a project that reads your data, trains, and answers over HTTP

  --data PLACE             a file or folder, s3://bucket/prefix, postgres:VARIABLE for the database
                           whose address is in a variable, or sample; may be repeated
  --language LANGUAGE      typescript (default) or javascript
  --package-manager NAME   npm, pnpm or yarn; default: the one that runs this
  --no-install             writes the files only; for the sample data
  --yes                    asks nothing
  --help                   shows this
  --version                shows the version
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Flags, and answers to questions for those that are missing where a person can answer. */
async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(argv);
  const { version, devDependencies } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as {
    version: string;
    devDependencies: Ranges;
  };
  if (values.help) return void process.stdout.write(HELP);
  if (values.version) return say(version);
  if (positionals.length > 1)
    throw new CreateError(
      'CREATE_USAGE',
      `There is one folder, and these are ${positionals.length}: ${positionals.join(', ')}.`,
    );

  const lines = process.stdin.isTTY && !values.yes ? createInterface(process.stdin, process.stdout) : undefined;
  const ask = async (question: string, byDefault: string) =>
    (await lines?.question(`${question} (${byDefault}): `))?.trim() || byDefault;
  try {
    const folder = resolve(positionals[0] ?? (await ask('Folder of the project', 'my-attractions')));
    const name = nameOf(folder);
    await refuseNonEmpty(folder);
    const where = 'Where are your data? A file or folder, s3://bucket/prefix, postgres:VARIABLE, or sample';
    const places = (values.data ?? [await ask(where, SAMPLE)]).filter((place) => place !== SAMPLE);
    const data = places.map((place) => placeFrom(folder, place));
    if (!values.install && data.length > 0)
      throw new CreateError(
        'CREATE_USAGE',
        'With --no-install nobody can look at your data: leave it out, or give --data sample.',
      );
    const language = oneOf(
      'language',
      values.language ?? (await ask('typescript or javascript', 'typescript')),
      LANGUAGES,
    );
    const agent = packageManagerOf(process.env['npm_config_user_agent']);
    const packageManager = oneOf('package manager', values['package-manager'] ?? agent, PACKAGE_MANAGERS);
    lines?.close();

    await createProject(folder, { name, language, packageManager, data }, devDependencies, say, values.install);
    const path = relative(process.cwd(), folder);
    const go = path.startsWith('..') ? folder : path;
    const change = go === '' ? [] : [`  cd ${go}`];
    const install = values.install ? [] : [`  ${packageManager} install`];
    say(['', `${name} is ready.`, '', ...change, ...install, `  ${packageManager} start`, ''].join('\n'));
  } finally {
    lines?.close();
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      allowNegative: true,
      options: {
        data: { type: 'string', multiple: true },
        language: { type: 'string' },
        'package-manager': { type: 'string' },
        install: { type: 'boolean', default: true },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new CreateError(
      'CREATE_USAGE',
      `${(cause as Error).message}. --help shows what there is.`.replace('..', '.'),
      { cause },
    );
  }
}

/** A place as it is from the project: a path becomes relative to it, with `/`. */
function placeFrom(folder: string, place: string): string {
  const variable = variableOf(place);
  if (variable !== undefined && process.env[variable] === undefined)
    throw new CreateError(
      'CREATE_DATA_MISSING',
      `The variable ${variable} is not set; set it to the address of your database: postgres://user:password@host/database.`,
    );
  if (!isPath(place)) {
    if (/^postgres:/i.test(place) && variable === undefined)
      throw new CreateError(
        'CREATE_USAGE',
        `Give the name of a variable, postgres:DATABASE_URL, not an address: that may hold a password.`,
      );
    return place;
  }
  if (!existsSync(place))
    throw new CreateError(
      'CREATE_DATA_MISSING',
      `There is nothing at '${resolve(place)}'; give a file or folder, or sample.`,
    );
  return relative(folder, resolve(place)).split(sep).join('/');
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CreateError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
