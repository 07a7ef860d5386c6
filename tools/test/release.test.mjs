/** `nx release` on a temporary copy: what a first release, a chore, a feature, a fix and a breaking change do to versions, tags, changelogs and ranges. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { publicPackages } from '../publish/public-packages.mjs';
import { scratchWorkspace } from './support/scratch-workspace.mjs';

describe('nx release', () => {
  let workspace;
  let names;

  const read = (...path) => readFileSync(join(workspace.root, ...path), 'utf8');
  const manifest = (name) => JSON.parse(read('packages', name, 'package.json'));
  const changelog = (name) => join('packages', name, 'CHANGELOG.md');
  const tags = () => workspace.git('tag').split('\n').filter(Boolean);

  const change = (name, message) => {
    appendFileSync(join(workspace.root, 'packages', name, 'src/index.ts'), `// ${message}\n`);
    workspace.commit(message);
  };

  const run = (...command) => {
    const { status, stdout, stderr } = workspace.run(...command);
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };

  /** Releases for real, but into the copy alone; returns the tags that it made. */
  const release = (...parameters) => {
    const known = new Set(tags());
    run('npx', 'nx', 'release', '--skip-publish', ...parameters);
    return tags().filter((tag) => !known.has(tag));
  };

  /** The range of a package in the manifest of another. The starter writes those of its development into projects. */
  const rangeOf = (other, name) => {
    const { dependencies, devDependencies } = manifest(other);
    return { ...devDependencies, ...dependencies }[`@attractions/${name}`];
  };

  const directDependentsOf = (name) => names.filter((other) => rangeOf(other, name) !== undefined);

  /** The packages that depend on `name`, at any depth. */
  const dependentsOf = (name) => {
    const found = new Set(directDependentsOf(name));
    for (const dependent of found) for (const next of directDependentsOf(dependent)) found.add(next);
    return [...found];
  };

  before(() => {
    workspace = scratchWorkspace();
    names = publicPackages(workspace.root).map(({ name }) => name);
    for (const name of names) change(name, `feat(${name}): its first feature`);
  });
  after(() => workspace.remove());

  test('is a dry run by default: shows every public package and changes nothing', () => {
    const shown = run('npm', 'run', 'release', '--', '0.1.0', '--first-release', '--skip-publish');
    for (const name of names) assert.match(shown, new RegExp(`${name}@0\\.1\\.0`));
    assert.equal(workspace.git('status', '--porcelain'), '');
    assert.deepEqual(tags(), []);
  });

  test('first release: the versions on disk, one tag and one changelog for each public package', () => {
    assert.deepEqual(release('0.1.0', '--first-release').sort(), names.map((name) => `${name}@0.1.0`).sort());
    for (const name of names) {
      assert.equal(manifest(name).version, '0.1.0');
      assert.match(read(changelog(name)), /^## 0\.1\.0 /);
      assert.match(read(changelog(name)), new RegExp(`\\*\\*${name}:\\*\\* its first feature`));
    }
  });

  test('a feature of one stage releases that stage and the command line that brings it, and the starter; a chore releases nothing', () => {
    change('etl', 'chore(etl): tidy');
    change('als-trainer', 'feat(als-trainer): a second feature');
    assert.deepEqual(release().sort(), ['als-trainer@0.1.1', 'create-attractions@0.1.1', 'pipeline@0.1.1']);
    assert.match(read(changelog('als-trainer')), /^## 0\.1\.1 [\s\S]*a second feature[\s\S]*^## 0\.1\.0 /m);
  });

  test('a fix of the contract releases it and what depends on it, with new ranges', () => {
    const before = Object.fromEntries(names.map((name) => [name, manifest(name).version]));
    change('feeds', 'fix(feeds): correct it');
    const expected = ['feeds', ...dependentsOf('feeds')];
    const made = release();
    assert.deepEqual(made.map((tag) => tag.split('@')[0]).sort(), expected.sort());
    assert.ok(made.includes('feeds@0.1.1'));
    for (const name of names.filter((other) => !expected.includes(other)))
      assert.equal(manifest(name).version, before[name], name);
    for (const name of directDependentsOf('feeds')) assert.equal(rangeOf(name, 'feeds'), '^0.1.1', name);
  });

  test('a breaking change below 1.0 is a minor version, for dependents too', () => {
    change('feeds', 'feat(feeds)!: another shape');
    const made = release();
    assert.deepEqual(made.sort(), ['feeds', ...dependentsOf('feeds')].map((name) => `${name}@0.2.0`).sort());
    for (const name of directDependentsOf('feeds')) assert.equal(rangeOf(name, 'feeds'), '^0.2.0', name);
  });

  test('the lockfile follows, and names no registry', () => {
    const lock = JSON.parse(read('package-lock.json'));
    for (const name of names) assert.equal(lock.packages[`packages/${name}`].version, manifest(name).version, name);
    for (const [path, entry] of Object.entries(lock.packages))
      assert.doesNotMatch(entry.resolved ?? '', /^\w+:/, `${path} names where it came from`);
  });
});
