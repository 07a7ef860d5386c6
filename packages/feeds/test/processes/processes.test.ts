import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
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

test('processes that race lose no put', async () => {
  expect(await run('race.mjs', 4, 25)).toMatchObject({ records: 100, violations: [] });
});
