/** A fleet that is killed and started again: the short form of `tools/stress/fleet.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

const isLinux = process.platform === 'linux';
if (!isLinux) console.error('A fleet is not killed here: only Linux tells the memory of its processes.');

test(
  '12 tenants, killed once: each has one model, which passed the gate',
  { timeout: 600_000, skip: !isLinux },
  (t) => {
    const argv = [
      join(import.meta.dirname, '../stress/fleet.mjs'),
      '--tenants',
      '12',
      '--rows',
      '2000',
      '--kills',
      '1',
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    t.diagnostic(stdout.trim());
    assert.equal(status, 0, stdout + stderr);
    const { kills, champions, trainedTwice, readTwice, peakMb, violations } = JSON.parse(stdout);
    assert.deepEqual(
      { kills, champions, trainedTwice, readTwice, violations },
      {
        ...{ kills: 1, champions: 12, trainedTwice: 0, readTwice: 0, violations: [] },
      },
    );
    assert.ok(peakMb < 1_500, `all processes held ${peakMb} MB`);
  },
);
