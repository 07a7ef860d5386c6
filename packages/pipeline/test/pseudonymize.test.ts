import { createHmac } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { emptyFolder } from './support/command-line.js';
import { attractionsIn } from './support/process.js';

const KEY = '0123456789abcdef0123456789abcdef';

/** 20 users, each of a name that stands nowhere else, who visit five of nine rides; one line cannot be read. */
async function project(): Promise<string> {
  const folder = await emptyFolder();
  const lines = Array.from({ length: 100 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 4, 1 + Math.floor(i / 20), 10, i % 60)).toISOString();
    return `person-${i % 20}-of-mine,ride-${(i * 7 + Math.floor(i / 20)) % 9},${time}`;
  });
  const text = ['user,attraction,time', ...lines, 'person-3-of-mine,ride-1,yesterday', ''].join('\n');
  await writeFile(join(folder, 'e.csv'), text);
  const config = { sources: { visits: { type: 'csv', files: 'e.csv' } }, pseudonymize: true };
  await writeFile(join(folder, 'attractions.config.json'), JSON.stringify(config));
  return folder;
}

test('with pseudonymize, no byte of the feeds has a user id, and lists are found by the pseudonym', async () => {
  const cwd = await project();
  const env = { PSEUDONYM_KEY: KEY };
  const run = await attractionsIn(cwd, ['run', '--json'], env);
  expect(run).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ rows: 101, kept: 100, rejected: 1, users: 20 });
  expect(run.stdout + run.stderr).not.toMatch(/of-mine/);

  const names = await readdir(join(cwd, 'feeds'), { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const bytes = await readFile(file);
    expect([file, bytes.includes('of-mine'), bytes.includes(KEY)]).toEqual([file, false, false]);
  }

  const ann = createHmac('sha256', KEY).update('person-3-of-mine').digest('hex');
  const { stdout } = await attractionsIn(cwd, ['recommend', ann, '--json']);
  expect(JSON.parse(stdout).source).not.toBe('popular');
  const check = await attractionsIn(cwd, ['check', '--json'], env);
  expect(check.stdout).not.toMatch(/of-mine/);
  expect(JSON.parse(check.stdout).looks[0].sample[3].user).toBe(ann);
});

test.each(['run', 'etl'])('%s without the key is refused before anything is read or written', async (command) => {
  const cwd = await project();
  const { exitCode, stderr } = await attractionsIn(cwd, [command]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/PSEUDONYM_KEY is not set/);
  expect(await readdir(cwd)).not.toContain('etl');
  const look = await attractionsIn(cwd, ['check']);
  expect(look.exitCode).toBe(2);
  expect(look.stdout).toMatch(/FAIL sources\.visits: .*PSEUDONYM_KEY is not set/);
});
