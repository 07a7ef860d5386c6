import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CreateError } from './errors.js';
import type { Plan } from './plan.js';
import { configFileOf, projectFiles, withRule } from './project.js';
import type { Ranges } from './project.js';

/**
 * Writes a project into a folder and installs it; then `attractions init` guesses the sources of its configuration file. What cannot be finished is removed, so
 * that the same command can be run again.
 *
 * @param folder absolute; empty, or not there
 * @param tell takes lines about what is done
 * @param install false: writes only, for the sample data
 * @throws CreateError
 */
export async function createProject(
  folder: string,
  plan: Plan,
  ranges: Ranges,
  tell: (line: string) => void,
  install = true,
): Promise<void> {
  await refuseNonEmpty(folder);
  const isNew = !existsSync(folder);
  for (const [path, text] of Object.entries(projectFiles(plan, ranges))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  if (!install) return;
  try {
    tell(`Installing with ${plan.packageManager} …`);
    await installed(folder, plan);
    if (plan.data.length > 0) await guessSources(folder, plan, tell);
  } catch (error) {
    if (isNew) await rm(folder, { recursive: true });
    else for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
    throw error;
  }
}

/** @throws CreateError CREATE_FOLDER_NOT_EMPTY */
export async function refuseNonEmpty(folder: string): Promise<void> {
  const refuse = (fault: string): never => {
    throw new CreateError('CREATE_FOLDER_NOT_EMPTY', `'${folder}' ${fault}; name a folder that is empty or not there.`);
  };
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR') return refuse('is a file');
    throw error;
  }
  // A repository that was just made counts as empty.
  const [first] = names.filter((name) => name !== '.git');
  if (first !== undefined) refuse(`is not empty: it holds '${first}'`);
}

async function installed(folder: string, { packageManager }: Plan): Promise<void> {
  const { exitCode, output } = await run(folder, packageManager, ['install'], process.platform === 'win32');
  if (exitCode === 0) return;
  const text = `'${packageManager} install' ended with ${exitCode}: ${output.trim().split('\n').slice(-15).join('\n')}`;
  throw new CreateError('CREATE_INSTALL_FAILED', text);
}

/** The guess of `attractions init` as the configuration file, with the rule. */
async function guessSources(folder: string, { data, language }: Plan, tell: (line: string) => void): Promise<void> {
  const program = join(folder, 'node_modules/@attractions/pipeline/bin/attractions.js');
  const config = configFileOf(language);
  const argv = [program, 'init', ...data, '--config', config, '--force'];
  const { exitCode, output } = await run(folder, process.execPath, argv);
  if (exitCode !== 0) throw new CreateError('CREATE_DATA_UNKNOWN', output.trim());
  const path = join(folder, config);
  await writeFile(path, withRule(await readFile(path, 'utf8'), language));
  // Its last line says what comes next where there is no project.
  tell(output.trim().replace(/\nNext: .*$/, ''));
}

async function run(folder: string, command: string, argv: readonly string[], shell = false) {
  const child = spawn(command, argv, { cwd: folder, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)));
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode: exitCode ?? 1, output };
  } catch (cause) {
    throw new CreateError('CREATE_INSTALL_FAILED', `'${command}' cannot be started; install it.`, { cause });
  }
}
