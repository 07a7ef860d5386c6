/** What the root README says about the packages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import { publicPackages } from '../publish/public-packages.mjs';

const root = join(import.meta.dirname, '../..');

test('the table of packages holds every published one, and no other', () => {
  const rows = readFileSync(join(root, 'README.md'), 'utf8').matchAll(
    /^\| \[`(@attractions\/[^`]+|create-attractions)`\]\(packages\/([^)]+)\)/gm,
  );
  const listed = [...rows].map(([, name, folder]) => `${name} in ${folder}`);
  const published = publicPackages(root).map(({ manifest, folder }) => `${manifest.name} in ${basename(folder)}`);
  assert.deepEqual(listed.sort(), published.sort());
});
