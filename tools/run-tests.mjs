/**
 * Runs the `*.test.mjs` of a folder of `tools`: the results on stdout, and as TAP in `reports/<target>.tap`, from which `npm test` counts. A folder
 * with a lockfile of its own is installed first, unless it is there and as the lockfile says. Options go to `node --test`.
 *
 * Tests of operations and of publishing run alone, one file after the other: the Nx that they start puts `dist` back from its cache, and for a moment
 * no package is whole.
 *
 *     node tools/run-tests.mjs FOLDER [TARGET] [OPTION…]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const [folder, target = folder, ...options] = process.argv.slice(2);
const at = join(import.meta.dirname, folder);
const changedMs = (path) => statSync(join(at, path), { throwIfNoEntry: false })?.mtimeMs;

function run(command, parameters, options = {}) {
  const { status } = spawnSync(command, parameters, { cwd: at, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

const lockedMs = changedMs('package-lock.json');
if (lockedMs !== undefined && !(changedMs('node_modules/.package-lock.json') > lockedMs))
  run('npm ci --no-audit --no-fund', [], { shell: true });

mkdirSync(join(import.meta.dirname, 'reports'), { recursive: true });
const reporters = [
  ['spec', 'stdout'],
  ['tap', join(import.meta.dirname, `reports/${target}.tap`)],
].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`]);
const files = readdirSync(at).filter((name) => name.endsWith('.test.mjs'));
run(process.execPath, ['--test', ...options, ...reporters, ...files]);
