/** Many tenants in a memory that holds few, and a kill: a short form of `tools/stress/tenants.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const stress = join(import.meta.dirname, '../stress/tenants.mjs');

test('40 tenants in a memory for 10: every answer is that of the tenant, and a kill loses none of the lists that were synced', () => {
  const args = ['--tenants', '40', '--hold', '10', '--models', '2', '--seconds', '2'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [stress, ...args], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.equal(stdout.match(/^holds: /gm)?.length, 3, stdout);
});
