import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'create-attractions-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it in a folder of its own, where nobody can be asked. */
function create(...argv: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('writes a project on the sample data, and says what comes next', () => {
  const { status, stdout, stderr } = create('parks', '--no-install');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/parks is ready\.\n\n {2}cd parks\n {2}npm install\n {2}npm start\n/);
  const { name, dependencies } = JSON.parse(readFileSync(join(folder, 'parks/package.json'), 'utf8'));
  expect([name, dependencies]).toEqual(['parks', manifest.devDependencies]);
});

test('the ranges are those of the packages beside it', () => {
  for (const [name, range] of Object.entries(manifest.devDependencies)) {
    const path = new URL(`../../${name.replace('@attractions/', '')}/package.json`, import.meta.url);
    expect(`${name} ${String(range)}`).toBe(`${name} ^${JSON.parse(readFileSync(path, 'utf8')).version}`);
  }
});

test('a folder that holds something is refused and stays as it is; a new repository is empty', () => {
  mkdirSync(join(folder, 'parks'));
  writeFileSync(join(folder, 'parks/thesis.txt'), 'mine');
  const { status, stderr } = create('parks', '--no-install');
  expect(status).toBe(2);
  expect(stderr).toMatch(/parks' is not empty: it holds 'thesis\.txt'; name a folder that is empty or not there\.\n$/);
  expect(readdirSync(join(folder, 'parks'))).toEqual(['thesis.txt']);
  expect(create('parks/thesis.txt', '--no-install').stderr).toMatch(/is a file/);
  mkdirSync(join(folder, 'fresh/.git'), { recursive: true });
  expect(create('fresh', '--no-install').status).toBe(0);
});

test.each([
  [['Parks!'], "The folder 'Parks!' cannot be the name of a package"],
  [['a', 'b'], 'There is one folder, and these are 2: a, b.'],
  [['parks', '--language', 'cobol'], "The language is 'cobol'; give one of typescript, javascript."],
  [['parks', '--package-manager', 'bun'], "The package manager is 'bun'; give one of npm, pnpm, yarn."],
  [['parks', '--data', 'nowhere'], 'There is nothing at'],
  [['parks', '--data', 'postgres:SHOP_URL'], 'The variable SHOP_URL is not set'],
  [['parks', '--data', 'postgres://me:secret@host/db'], 'Give the name of a variable, postgres:DATABASE_URL'],
  [['parks', '--data', '.', '--no-install'], 'With --no-install nobody can look at your data'],
  [['parks', '--colour'], "Unknown option '--colour'"],
])('%j is wrong usage: a sentence, and nothing is written', (argv, sentence) => {
  const { status, stdout, stderr } = create(...argv);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('secret');
  expect(readdirSync(folder)).toEqual([]);
});

test('a package manager that fails leaves nothing behind', () => {
  const { status, stderr } = spawnSync(process.execPath, [program, 'parks', '--package-manager', 'pnpm'], {
    cwd: folder,
    env: { PATH: folder },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, "'pnpm' cannot be started; install it.\n"]);
  expect(readdirSync(folder)).toEqual([]);
});

test('--help and --version', () => {
  expect(create('--help').stdout).toContain('--data PLACE');
  expect(create('--version').stdout).toBe(`${manifest.version}\n`);
});
