import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const program = createRequire(import.meta.url).resolve('nx/bin/nx.js');

/**
 * Runs Nx of the workspace with Node directly: on Windows `npx` and the files in `node_modules/.bin` are scripts that need a shell.
 *
 * @returns `{ status, stdout }`; `stdout` is null unless the options pipe it.
 */
export function nx(parameters, options = {}) {
  const cwd = join(import.meta.dirname, '..');
  return spawnSync(process.execPath, [program, ...parameters], { cwd, stdio: 'inherit', encoding: 'utf8', ...options });
}
