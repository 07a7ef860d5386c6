import { expect, test } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Runs a script of this folder on the built package; more kills or puts are a matter of its arguments. */
async function run(script: string, ...given: number[]): Promise<unknown> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...given.map(String)]);
  return JSON.parse(stdout);
}

test('a writer killed at any moment leaves the old update or the new one, whole', async () => {
  expect(await run('kill.mjs', 30)).toMatchObject({ kills: 30, violations: [] });
});

const traced = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
if (!traced)
  process.stderr.write('Puts are not killed at each system call. That needs Linux, and strace that may trace.\n');
(traced ? test : test.skip)('a put killed at a system call leaves the old update or the new one, whole', async () => {
  expect(await run('crash.mjs', 40)).toMatchObject({ violations: [] });
});

test('processes that race lose no put', async () => {
  expect(await run('race.mjs', 4, 25)).toMatchObject({ records: 100, violations: [] });
});
