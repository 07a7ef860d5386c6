/**
 * The cache of Nx on a temporary copy: a changed input always runs again, what did not change never does, and the pipeline's own targets run every time. The
 * copy has the real inputs and dependencies of the workspace; only the commands are replaced, by one that records that it ran.
 */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { scratchWorkspace } from './support/scratch-workspace.mjs';

const checks = ['lint', 'typecheck', 'build', 'test'];
const stages = ['etl', 'train'];

/** Puts the noting command in the place of every other one of a manifest, project or workspace. */
function noteInstead(targets, log) {
  for (const [target, settings] of Object.entries(targets))
    if (settings.command !== undefined) settings.command = `echo {projectName}:${target} >> ${log}`;
}

describe('the cache', () => {
  let workspace;
  let log;
  let packages;

  const edit = (path, change) => {
    const value = JSON.parse(readFileSync(join(workspace.root, path), 'utf8'));
    change(value);
    writeFileSync(join(workspace.root, path), JSON.stringify(value));
  };
  const touch = (path) => appendFileSync(join(workspace.root, path), '\n');

  /** Runs targets of all projects; returns the tasks that truly ran, in their order. */
  const ran = (targets) => {
    rmSync(log, { force: true });
    const { status, stdout, stderr } = workspace.run('node_modules/.bin/nx', 'run-many', '-t', ...targets);
    assert.equal(status, 0, stdout + stderr);
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  };

  const tasks = (names, targets) => names.flatMap((name) => targets.map((target) => `${name}:${target}`)).sort();
  const ofPackages = (found) => found.filter((task) => !task.startsWith('tools:')).sort();

  before(() => {
    workspace = scratchWorkspace();
    log = join(workspace.root, 'ran.log');
    packages = readdirSync(join(workspace.root, 'packages'));
    edit('nx.json', ({ targetDefaults }) => noteInstead(targetDefaults, log));
    edit('tools/project.json', ({ targets }) => noteInstead(targets, log));
    for (const name of packages) edit(`packages/${name}/package.json`, ({ nx }) => noteInstead(nx.targets, log));
  });
  after(() => workspace.remove());

  test('the first run runs everything', () => {
    assert.deepEqual(ofPackages(ran(checks)), tasks(packages, checks));
  });

  test('an unchanged workspace runs nothing', () => {
    assert.deepEqual(ran(checks), []);
  });

  const others = (...left) => packages.filter((name) => !left.includes(name));
  const changes = [
    [
      'a source runs its package and all that is built on it',
      'packages/feeds/src/index.ts',
      () => tasks(others('client', 'config', 'experiments', 'spark'), checks),
    ],
    [
      'a source of a stage does not run its neighbours',
      'packages/als-trainer/src/index.ts',
      () => tasks(['als-trainer', 'create-attractions', 'pipeline'], checks),
    ],
    [
      'a test does not build, nor run what depends on its package',
      'packages/config/test/new.test.ts',
      () => tasks(['config'], ['lint', 'typecheck', 'test']),
    ],
    [
      'a manifest runs what depends on it',
      'packages/recommender/package.json',
      () => tasks(['create-attractions', 'recommender', 'service', 'pipeline'], checks),
    ],
    ["the linter's settings run every lint", 'eslint.config.mjs', () => tasks(packages, ['lint'])],
    ["the test runner's settings run every test", 'jest.config.mjs', () => tasks(packages, ['test'])],
    ["the compiler's settings run everything", 'tsconfig.base.json', () => tasks(packages, checks)],
    ['a page of the guides runs the tests that read it', 'docs/etl.md', () => tasks(['etl'], ['test'])],
    ['so does a tool that tests start', 'tools/ceph/start.sh', () => tasks(['etl', 'feeds', 'pipeline'], ['test'])],
    ['another lockfile runs everything', 'package-lock.json', () => tasks(packages, checks)],
  ];
  for (const [what, path, expected] of changes)
    test(what, () => {
      touch(path);
      assert.deepEqual(ofPackages(ran(checks)), expected());
    });

  test('what tests read outside of their package is an input of them', () => {
    const missing = packages.flatMap((name) => {
      const { nx } = JSON.parse(readFileSync(join(workspace.root, 'packages', name, 'package.json'), 'utf8'));
      const inputs = (nx.targets.test.inputs ?? []).map((input) => input.replace('{workspaceRoot}/', ''));
      const isInput = (path) =>
        inputs.some((input) => path.startsWith(input.replace(/[*].*$/, '').replace(/[/]$/, '')));
      return readdirSync(join(workspace.root, 'packages', name, 'test'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /[.]m?ts$|[.]mjs$/.test(entry.name))
        .flatMap((entry) => {
          const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
          const paths = [...text.matchAll(/(?:[.][.][/])+((?:docs|tools|examples)[/][\w./-]+|[.]env[.\w]*)/g)];
          return paths.map(([, path]) => path).filter((path) => !isInput(path) && !path.endsWith('tools/'));
        })
        .map((path) => `${name}: ${path}`);
    });
    assert.deepEqual(missing, []);
  });

  test('after all these changes nothing is left to run', () => {
    assert.deepEqual(ran(checks), []);
  });

  test('the stages of the pipeline run every time, in order', () => {
    for (let time = 1; time <= 2; time++) {
      const found = ran(stages).filter((task) => stages.includes(task.split(':')[1]));
      assert.deepEqual(found, ['etl:etl', 'als-trainer:train'], `run ${time}`);
    }
  });

  test('the service, which goes on until it is stopped, is not cached either', () => {
    const { stdout } = workspace.run('node_modules/.bin/nx', 'show', 'project', 'service', '--json');
    const { serve } = JSON.parse(stdout).targets;
    assert.deepEqual({ cache: serve.cache, continuous: serve.continuous }, { cache: false, continuous: true });
  });
});
