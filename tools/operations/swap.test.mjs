/** 20 changes of generation under load, with an experiment in the feed that cannot run: a short form of `tools/stress/swap.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

const stress = join(import.meta.dirname, '../stress/swap.mjs');

test('20 swaps under load with a bad experiment in the feed: 0 failed requests', { timeout: 300_000 }, (t) => {
  const argv = [stress, '--short', '--generations', '20', '--connections', '8', '--seconds', '1'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  for (const line of stdout.trim().split('\n')) t.diagnostic(line);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /holds: of \d{3,} requests 0 failed/);
  assert.match(stdout, /holds: 0 answers mixed generations, 21 generations were seen/);
});
