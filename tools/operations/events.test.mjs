/** Events under load with kills, and what recording lists costs: short forms of `tools/stress/events.mjs` and `recording.mjs`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';

function stress(t, name, ...args) {
  const command = join(import.meta.dirname, '../stress', name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  for (const line of stdout.trim().split('\n')) t.diagnostic(line);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

test(
  '2 services with spools of their own, 4 kills: no acknowledged event lost, none twice',
  { timeout: 300_000 },
  (t) => {
    const args = ['--seconds', '10', '--events', '1000', '--kills', '4', '--services', '2', '--times', '0'];
    const said = stress(t, 'events.mjs', ...args);
    assert.match(said, /holds: 0 acknowledged events lost, 0 never acknowledged/);
    assert.match(said, /holds: 0 events twice in the feed, 0 that nobody sent/);
  },
);

test('lists are recorded under full load, all of them', { timeout: 300_000 }, (t) => {
  assert.match(
    stress(t, 'recording.mjs', '--rounds', '1', '--seconds', '4', '--soak-minutes', '0'),
    /the record costs .* MB/,
  );
});
