import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'pipeline-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the URL of every module that is loaded into a file, one a line. */
const HOOKS = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(${JSON.stringify(join(folder, 'loaded.txt'))}, url + '\\n');
  return next(url, context);
}
`;

test('the command line starts without the stages, the contracts and what they stand on', () => {
  const hooks = join(folder, 'hooks.mjs');
  writeFileSync(hooks, HOOKS);
  const register = join(folder, 'register.mjs');
  writeFileSync(
    register,
    `import { register } from 'node:module';\nregister(${JSON.stringify(pathToFileURL(hooks).href)});\n`,
  );
  const program = new URL('../bin/attractions.js', import.meta.url);
  execFileSync(process.execPath, ['--import', pathToFileURL(register).href, fileURLToPath(program), '--version'], {
    cwd: folder,
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const loaded = readFileSync(join(folder, 'loaded.txt'), 'utf8').trim().split('\n');
  expect(loaded.some((url) => url.endsWith('pipeline/dist/cli.js'))).toBe(true);
  const heavy = [
    'packages/contracts/',
    '/valibot/',
    '/apache-arrow/',
    '/parquet-wasm/',
    '/@duckdb/',
    '/fastify/',
    'packages/evaluation/dist/index',
  ];
  expect(loaded.filter((url) => heavy.some((part) => url.includes(part)))).toEqual([]);
});
