import { expect, test } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const there = (program: string) => spawnSync(program, ['--version']).error === undefined;
const searchable = there('spin') && there('gcc');
if (!searchable) process.stderr.write('The model of the log is not searched. That needs spin and gcc.\n');

/** Minutes on a slow machine: tens of millions of states. */
const TIMEOUT_MS = 600_000;

(searchable ? test : test.skip)(
  'no order of steps breaks the log, and every rule of the format is needed',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL('check.mjs', import.meta.url)),
    ]);
    const { held, foundOut } = JSON.parse(stdout);
    expect(held).toEqual([
      { defined: '', states: expect.any(Number) },
      { defined: 'EXPIRY', states: expect.any(Number) },
      { defined: 'SHARING', states: expect.any(Number) },
    ]);
    expect(foundOut).toHaveLength(9);
    for (const { broken } of foundOut) expect(broken).toMatch(/assertion violated/);
  },
  TIMEOUT_MS,
);
