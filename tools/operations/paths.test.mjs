/** Access: every form of a path gets the same answer as the plain one, as in the published table; the page and the interface work where keys are needed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { putEdition, scratchFeeds, startService } from '../stress/service.mjs';

const root = join(import.meta.dirname, '../..');
const cellsOf = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/\s+\|/g, ' |').replace(/\|\s+/g, '| '));

test('no form of a path opens what the plain one does not, as docs/paths.md says', () => {
  const command = join(root, 'tools/stress/paths.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--markdown'], { encoding: 'utf8' });
  assert.equal(status, 0, `forms differ; run: node tools/stress/paths.mjs\n${stderr}`);
  const rows = cellsOf(stdout);
  assert.ok(rows.length >= 200, `${rows.length} forms`);
  assert.deepEqual(cellsOf(readFileSync(join(root, 'docs/paths.md'), 'utf8')), rows);
});

const withoutChromium = spawnSync('chromium', ['--version']).error === undefined ? false : 'there is no chromium';

describe('a service with keys', { skip: withoutChromium }, () => {
  const { folder, store } = scratchFeeds();
  let service;
  before(async () => {
    await putEdition(store, 1, { users: 20, items: 20 });
    const hash = (key) => createHash('sha256').update(key).digest('hex');
    const API_KEY_HASHES = `${hash('a-full-key')}:read+history,${hash('a-reader')}`;
    service = await startService(folder, { API_KEY_HASHES, LOG_EXPOSURES: 'false' });
  });
  after(async () => {
    service.kill('SIGTERM');
    await service.ended;
  });

  test('has a page that asks for a key, and an interface on which a call can be tried', () => {
    const cwd = join(root, 'tools/page');
    const installed = statSync(join(cwd, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
    if (!(installed?.mtimeMs >= statSync(join(cwd, 'package-lock.json')).mtimeMs))
      assert.equal(spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd }).status, 0);
    const asked = spawnSync(process.execPath, ['door.mjs', service.url, 'a-full-key', 'a-reader'], {
      cwd,
      encoding: 'utf8',
    });
    assert.equal(asked.status, 0, asked.stderr);
    assert.match(asked.stdout, /shows 5 parks with one\n.*is answered 200/);
  });
});
