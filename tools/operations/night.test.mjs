/** `forget`, `keep` and `etl` of a new file, killed at random moments: the short forms of `tools/stress/night.mjs` and `tools/stress/increments.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

const stress = (name) => join(import.meta.dirname, '../stress', name);

test(
  'killed at random moments, what is named stays readable, and the next run leaves nothing of the visitor',
  { timeout: 600_000 },
  (t) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [stress('night.mjs'), '--kills', '5'], {
      encoding: 'utf8',
    });
    t.diagnostic(stdout.trim());
    assert.equal(status, 0, stdout + stderr);
    const { forget, keep, violations } = JSON.parse(stdout);
    assert.deepEqual(violations, []);
    assert.ok(forget.kills + keep.kills > 0, 'no kill hit a running command');
  },
);

test('killed while it adds a new file, etl loses no visit and has none twice', { timeout: 600_000 }, (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [stress('increments.mjs'), '--kills', '6'], {
    encoding: 'utf8',
  });
  t.diagnostic(stdout.trim());
  assert.equal(status, 0, stdout + stderr);
  const { random, violations } = JSON.parse(stdout);
  assert.deepEqual(violations, []);
  assert.ok(random > 0, 'no kill hit a running command');
});
