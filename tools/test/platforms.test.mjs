/** Every developer's machine: the lockfiles bring the native parts of all platforms, and nothing that npm or Nx starts needs a Unix shell. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readLockfile, resolvedFrom } from '../supply-chain/lockfile.mjs';

const root = join(import.meta.dirname, '../..');
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);

describe('native parts', () => {
  for (const path of ['', 'tools/imports/', 'tools/publish/', 'tools/page/', 'tools/client/', 'docs/'].map(
    (at) => `${at}package-lock.json`,
  ))
    test(`${path} has every optional dependency, of whatever platform`, () => {
      const entries = readLockfile(join(root, path));
      for (const [from, { optionalDependencies = {} }] of Object.entries(entries))
        for (const name of Object.keys(optionalDependencies))
          assert.ok(
            resolvedFrom(entries, from, name),
            `${from} needs ${name}: make the lockfile anew, see CONTRIBUTING`,
          );
    });

  const folder = mkdtempSync(join(tmpdir(), 'attractions-platforms-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of ['package.json', 'package-lock.json', '.npmrc', ...packages.map((at) => `${at}/package.json`)])
    cpSync(join(root, path), join(folder, path));

  // How a program of that platform begins: Mach-O with its processor, ELF with its own at byte 18, or PE.
  const platforms = [
    ['darwin', 'arm64', (head) => head.subarray(0, 8).toString('hex') === 'cffaedfe0c000001'],
    ['darwin', 'x64', (head) => head.subarray(0, 8).toString('hex') === 'cffaedfe07000001'],
    ['linux', 'arm64', (head) => head.subarray(1, 4).toString() === 'ELF' && head.readUInt16LE(18) === 0xb7],
    ['win32', 'x64', (head) => head.subarray(0, 2).toString() === 'MZ'],
  ];
  for (const [os, cpu, isOfPlatform] of platforms)
    test(`npm ci brings the engine of ${os}-${cpu}`, () => {
      const options = [`--os=${os}`, `--cpu=${cpu}`, '--libc=glibc', '--ignore-scripts', '--no-audit', '--no-fund'];
      const of = ['--workspace=packages/etl', '--omit=dev']; // What loads the engine: 3 s and 150 MB, not 30 s and a gigabyte.
      const command = ['npm', 'ci', ...options, ...of].join(' ');
      const { status, stderr } = spawnSync(command, { cwd: folder, shell: true, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const file = openSync(join(folder, `node_modules/@duckdb/node-bindings-${os}-${cpu}/duckdb.node`));
      const head = Buffer.alloc(64);
      readSync(file, head);
      closeSync(file);
      assert.ok(isOfPlatform(head), `it begins with ${head.toString('hex')}`);
    });
});

describe('commands', () => {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const programs = ['node', 'npm', 'npx', ...readdirSync(join(root, 'node_modules/.bin'))];

  /** What cmd.exe would not do as sh does: a program that npm does not bring, an assignment, a substitution, a glob, a single quote, a script. */
  const problemOf = (command) =>
    command
      .split(' && ')
      .map((part) => part.replaceAll(/"[^"$`%]*"/g, 'quoted'))
      .find((part) => !programs.includes(part.split(' ')[0]) || /[^\w ./:=,@-]|\.sh\b/.test(part));

  const manifests = [
    'package.json',
    ...[...packages, 'tools/imports', 'tools/publish', 'tools/page', 'tools/client', 'docs'].map(
      (at) => `${at}/package.json`,
    ),
  ];
  const found = [
    ...manifests.flatMap((path) => {
      const { scripts = {}, nx } = read(path);
      const targets = Object.entries(nx?.targets ?? {}).map(([name, { command }]) => [`${path}: ${name}`, command]);
      return [...Object.entries(scripts).map(([name, command]) => [`${path}: ${name}`, command]), ...targets];
    }),
    ...Object.entries(read('nx.json').targetDefaults).map(([name, { command }]) => [`nx.json: ${name}`, command]),
    ...Object.entries(read('tools/project.json').targets).map(([name, { command }]) => [`tools: ${name}`, command]),
  ].filter(([, command]) => command !== undefined);

  for (const [name, command] of found)
    test(`${name} needs no Unix shell`, () => assert.equal(problemOf(command), undefined, command));

  test('there are some, and the words of a Unix shell are found', () => {
    assert.ok(found.length >= 15, String(found.length));
    for (const command of [
      'rm -rf dist && tsc',
      'A=1 node x.mjs',
      'node $X',
      'run.sh',
      'node --test *.mjs',
      "node -e 'x'",
      'tsc; node x',
    ])
      assert.notEqual(problemOf(command), undefined, command);
  });
});
