import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

import { emptyFolder } from '../support/command-line.js';
import { attractionsIn } from '../support/process.js';

test('serve --each with keys that are not set says so and ends', async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'tenants.json'), '{ "tenants": [{ "tenant": "north", "keys": "NORTH_API_KEYS" }] }');
  const { exitCode, stderr } = await attractionsIn(folder, ['serve', '--each', 'tenants.json']);
  expect(stderr).toContain("The keys of the tenant 'north': NORTH_API_KEYS is not set;");
  expect(exitCode).toBe(2);
});
