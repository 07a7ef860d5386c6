import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const program = fileURLToPath(new URL('../../../../tools/stress/exposures.mjs', import.meta.url));

test('services that share a spool under load, each killed twice and stopped once: what is lost is what was not synced, and nothing comes twice', () => {
  const args = [program, '--lists', '2000', '--processes', '2', '--kills', '2', '--connections', '3'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ status, failed: stdout.split('\n').filter((line) => line.startsWith('FAILS')), stderr }).toEqual({
    status: 0,
    failed: [],
    stderr: '',
  });
  expect(stdout.match(/^holds: /gm)).toHaveLength(4);
});
