/** Every developer's machine: the lockfiles bring the native parts of all platforms. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readLockfile, resolvedFrom } from '../supply-chain/lockfile.mjs';

const root = join(import.meta.dirname, '../..');
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);

describe('native parts', () => {
  for (const path of ['', 'tools/publish/', 'tools/page/', 'tools/bench/serve/'].map((at) => `${at}package-lock.json`))
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
