import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { NEW_YEAR, photo, poiFile, rawFolder, visitsFile } from './support/raw-folder.js';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const killer = fileURLToPath(new URL('processes/kill.mjs', import.meta.url));

const raw = () =>
  rawFolder({ 'POI-A.csv': poiFile(1), 'userVisits-A-allPOI.csv': visitsFile([photo(1, 'u', NEW_YEAR, 1, 1)]) });

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...args], {
      env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'silent', ...env },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('--json prints the summary as one document', async () => {
  const feeds = rawFolder();
  const { code, stdout } = await run(['--json'], { RAW_DATA_PATH: raw(), FEEDS_ROOT: feeds });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 1, kept: 1, visits: 1 });
});

test('a folder that is not there exits with 2 and names it', async () => {
  const missing = join(rawFolder(), 'missing');
  const { code, stderr } = await run([], { RAW_DATA_PATH: missing, FEEDS_ROOT: rawFolder() });
  expect(code).toBe(2);
  expect(stderr).toContain(missing);
});

test('killed at any moment, it leaves feeds whose latest can be read', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [killer, '12', raw()]);
  expect(JSON.parse(stdout)).toMatchObject({ kills: 12, violations: [] });
});
