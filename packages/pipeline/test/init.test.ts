import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { emptyFolder } from './support/command-line.js';
import { attractionsIn } from './support/process.js';

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await emptyFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const VISITS = 'user_id,item_id,ts,session_id\n1,a,2026-05-01,s1\n2,b,2026-05-02,s2\n3,a,2026-05-02,s3\n';

test('a configuration file is written once, with comments where a guess is unsure, and replaced only by --force', async () => {
  const cwd = await folderOf({ 'data/v.csv': VISITS });
  const first = await attractionsIn(cwd, ['init', 'data']);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stdout).toMatch(/^Wrote attractions\.config\.mjs\.\n[^]*\nNext: attractions check\n$/);
  const path = join(cwd, 'attractions.config.mjs');
  const text = await readFile(path, 'utf8');
  expect(text).toContain("files: 'data/v.csv'");
  expect(text).toMatch(/\/\/ \? sequence: 'session_id'/);

  await writeFile(path, '// mine\nexport default {};\n');
  const second = await attractionsIn(cwd, ['init', 'data', '--json']);
  expect(second.exitCode).toBe(2);
  expect(JSON.parse(second.stdout).error).toMatchObject({ code: 'PIPELINE_CONFIG_EXISTS' });
  expect(await readFile(path, 'utf8')).toMatch(/^\/\/ mine/);
  expect(await attractionsIn(cwd, ['init', 'data', '--force'])).toMatchObject({ exitCode: 0 });
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a file of another name that would hide the new one is an error, even with --force', async () => {
  const cwd = await folderOf({ 'v.csv': VISITS, 'attractions.config.json': '{}' });
  const { exitCode, stderr } = await attractionsIn(cwd, ['init', '--force']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('attractions.config.json is there already; move it away first');
});

test('--config names the file, whose paths are relative to it, and the next command names it too', async () => {
  const cwd = await folderOf({ 'raw/v.csv': VISITS, 'conf/x': '' });
  const { stdout } = await attractionsIn(cwd, ['init', 'raw', '--config', 'conf/mine.mjs']);
  expect(stdout).toContain('Next: attractions check --config conf/mine.mjs');
  expect(await readFile(join(cwd, 'conf/mine.mjs'), 'utf8')).toContain("files: '../raw/v.csv'");
  const check = await attractionsIn(cwd, ['check', '--config', 'conf/mine.mjs']);
  expect(check).toMatchObject({ exitCode: 0 });
  expect(check.stdout).toContain('Of the first 3 rows none would be refused');
});

test('a park in the names of files, and files at other depths, are found', async () => {
  const cwd = await folderOf({
    'a/visits-north.csv': VISITS,
    'a/visits-south.csv': VISITS,
    'README.md': '# a|b\n',
    'whole.json': '[\n{"user":1}\n]\n',
    'feeds/etl/visits/v1.0/_log/0.json': '{}',
    'feeds/etl/visits/v1.0/x/part.csv': VISITS,
  });
  const { stdout } = await attractionsIn(cwd, ['init', '--json']);
  const { sources, leftOut } = JSON.parse(stdout);
  expect(sources.visits.files).toBe('a/visits-*.csv');
  expect(leftOut).toEqual([
    { path: 'README.md', reason: 'is neither csv, JSON lines nor Parquet' },
    { path: 'whole.json', reason: "is one JSON document; make one object a line of it: jq -c '.[]'" },
  ]);
  const text = await readFile(join(cwd, 'attractions.config.mjs'), 'utf8');
  expect(text).toMatch(/\/\/ \? park: \{ fileName: 'visits-\(\.\+\)\\\\\.csv\$' \},/);
});

test('the published data sets need no guess', async () => {
  const cwd = await folderOf({ 'sigir17/userVisits-A-allPOI.csv': 'x\n', 'sigir17/POI-A.csv': 'x\n' });
  const { stdout } = await attractionsIn(cwd, ['init', 'sigir17', '--json']);
  expect(JSON.parse(stdout).sources).toEqual({ visits: { type: 'sigir17', folder: 'sigir17' } });
});

test.each([
  ['a path that is not there', {}, ['gone'], 2, /There is no file or folder '.*gone'/],
  ['an empty folder', {}, [], 3, /Nothing there can be read as visits/],
  ['no column of users', { 'a.csv': 'price,amount\n1.5,2.5\n2.5,3.5\n' }, [], 3, /'a\.csv' has 'price', 'amount'/],
  ['an Excel file', { 'a.xlsx': 'PK' }, ['a.xlsx'], 3, /'a\.xlsx' is neither csv, JSON lines nor Parquet/],
])('%s is a sentence, and nothing is written', async (_what, files, argv, code, sentence) => {
  const cwd = await folderOf(files as Record<string, string>);
  const { exitCode, stderr } = await attractionsIn(cwd, ['init', ...argv]);
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(sentence);
  await expect(readFile(join(cwd, 'attractions.config.mjs'))).rejects.toThrow('ENOENT');
});
