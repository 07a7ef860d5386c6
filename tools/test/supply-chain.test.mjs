/** What comes in and what goes out: lockfiles, licences, bills of materials, workflows. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { publicPackages } from '../publish/public-packages.mjs';
import { unacceptable } from '../supply-chain/licences.mjs';
import { broughtBy, readLockfile } from '../supply-chain/lockfile.mjs';
import { billOfMaterials } from '../supply-chain/sbom.mjs';

const root = join(import.meta.dirname, '../..');
const packages = publicPackages(root);
const entries = readLockfile(join(root, 'package-lock.json'));

for (const path of ['package-lock.json', 'tools/publish/package-lock.json', 'tools/client/package-lock.json'])
  describe(path, () => {
    const installed = Object.entries(readLockfile(join(root, path))).filter(
      ([where, { link }]) => where.includes('node_modules/') && !link,
    );

    test('names no host: npm takes everything from the registry it is configured for', () => {
      for (const [where, { resolved }] of installed) assert.equal(resolved, undefined, where);
      assert.doesNotMatch(readFileSync(join(root, path), 'utf8'), /"resolved": "\w+:/);
    });

    test('has a SHA-512 hash for everything', () => {
      for (const [where, { integrity }] of installed) assert.match(integrity ?? 'none', /^sha512-[\w+/]{86}==$/, where);
    });

    test('has nothing under a licence that we may not use', () => {
      const things = installed.map(([where, { license }]) => ({ where, license }));
      assert.deepEqual(unacceptable(things, 'development'), []);
    });
  });

describe('what users get', () => {
  for (const { name, manifest } of packages) {
    const [self, ...others] = broughtBy(entries, `packages/${name}`);

    test(`${name}: the lockfile's closure has every direct dependency, and licences that a product may ship`, () => {
      assert.equal(self.name, manifest.name);
      for (const dependency of Object.keys(manifest.dependencies ?? {}))
        assert.ok(
          others.some((thing) => thing.name === dependency),
          `${dependency} is missing`,
        );
      assert.deepEqual(unacceptable(others, 'users'), []);
    });

    test(`${name}: its bill of materials is whole and joined up`, () => {
      const bill = billOfMaterials(entries, `packages/${name}`);
      assert.equal(bill.metadata.component.purl, `pkg:npm/${manifest.name.replace('@', '%40')}@${manifest.version}`);
      const shipped = new Set(others.map((thing) => `${thing.name}@${thing.version}`));
      assert.deepEqual(new Set(bill.components.map((component) => `${component.name}@${component.version}`)), shipped);
      assert.equal(bill.components.length, shipped.size, 'each once');
      const known = new Set([bill.metadata.component, ...bill.components].map((component) => component['bom-ref']));
      assert.deepEqual(new Set(bill.dependencies.map(({ ref }) => ref)), known);
      for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) assert.ok(known.has(ref), ref);
      for (const component of bill.components)
        if (!component.name.startsWith('@attractions/'))
          assert.match(component.hashes[0].content, /^[0-9a-f]{128}$/, component.name);
    });
  }

  test('a licence outside the list is refused, and of several the best is taken', () => {
    const licences = (license) => unacceptable([{ license }], 'users').length;
    assert.equal(licences('AGPL-3.0-only'), 1);
    assert.equal(licences(undefined), 1);
    assert.equal(licences('(GPL-2.0-only OR MIT)'), 0);
    assert.equal(licences('Apache-2.0 AND GPL-3.0-only'), 1);
  });

  test('our packages depend on each other with a caret, and npm links them all', () => {
    for (const { manifest } of packages)
      for (const [dependency, range] of Object.entries(manifest.dependencies ?? {}))
        if (dependency.startsWith('@attractions/'))
          assert.match(range, /^\^/, `${manifest.name} takes ${dependency} as ${range}`);
    const copies = Object.entries(entries).filter(
      ([path, { link }]) => path.includes('node_modules/@attractions/') && !link,
    );
    assert.deepEqual(copies, [], 'copies from a registry, since the version beside them is outside a range');
  });

  test('no manifest takes a dependency from anywhere but the registry', () => {
    for (const { manifest } of packages)
      for (const [dependency, range] of Object.entries(manifest.dependencies ?? {}))
        assert.match(range, /^[\^~]?\d/, `${manifest.name} takes ${dependency} as ${range}`);
  });
});

describe('workflows', () => {
  const folder = join(root, '.github/workflows');
  const workflows = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

  for (const [name, text] of workflows) {
    test(`${name}: every action is pinned to a commit, and says which version that is`, () => {
      for (const [, action] of text.matchAll(/uses: (.*)/g))
        assert.match(action, /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    test(`${name}: may only read, unless a job says more`, () => {
      assert.match(text, /^permissions:\n {2}contents: read$/m);
      assert.doesNotMatch(text, /write-all|pull_request_target/);
    });

    test(`${name}: puts nothing from outside into a script`, () => {
      for (const [, script] of text.matchAll(/run: (?:\|\n((?: {10}.*\n?)*)|.*)/g))
        assert.doesNotMatch(script ?? '', /\$\{\{/, name);
      assert.doesNotMatch(text, /run: .*\$\{\{/);
    });
  }

  test('the release job proves where the packages were built', () => {
    const [, text] = workflows.find(([name]) => name === 'release.yml');
    assert.match(text, /id-token: write/);
    assert.match(text, /NPM_CONFIG_PROVENANCE: 'true'/);
  });
});
