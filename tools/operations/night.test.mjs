/** `forget` and `keep`, killed at random moments: the short form of `tools/stress/night.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

const stress = join(import.meta.dirname, '../stress/night.mjs');

test(
  'killed at random moments, what is named stays readable, and the next run leaves nothing of the visitor',
  { timeout: 600_000 },
  (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [stress, '--kills', '5'], { encoding: 'utf8' });
    t.diagnostic(stdout.trim());
    assert.equal(status, 0, stdout + stderr);
    const { forget, keep, violations } = JSON.parse(stdout);
    assert.deepEqual(violations, []);
    assert.ok(forget.kills + keep.kills > 0, 'no kill hit a running command');
  },
);
