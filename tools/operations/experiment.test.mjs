/** An experiment from its start to its report, with two kills: a short form of `tools/stress/experiment.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

const stress = join(import.meta.dirname, '../stress/experiment.mjs');

test(
  'an experiment that is started, served, killed twice and read out shows its true effect',
  { timeout: 600_000 },
  (t) => {
    const argv = [stress, '--visitors', '1500', '--effect', '0.2', '--bot', '3000'];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    for (const line of stdout.trim().split('\n')) t.diagnostic(line);
    assert.equal(status, 0, stdout + stderr);
    assert.match(
      stdout,
      /holds: \d{4} events were acknowledged \(\d+ of them sent twice, \d+ late\), 0 are missing, 0 are in the feed twice/,
    );
    assert.match(stdout, /'als' is better than 'popular': clicked \+\d/);
    assert.match(stdout, /holds: SQL of the README: 1\d{3} exposures, 0 wrong/);
  },
);
