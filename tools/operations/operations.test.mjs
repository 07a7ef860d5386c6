/**
 * What an operator uses: the built service on the sample data, its metrics checked by promtool, its page by Chromium and axe, and the files of `deploy` by
 * linters. Checks whose program is missing are skipped; `tools/checkers.sh` installs them on Debian.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'packages/pipeline/bin/attractions.js');
const scratch = mkdtempSync(join(tmpdir(), 'attractions-operations-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const isThere = (name, ...args) => spawnSync(name, args.length > 0 ? args : ['--version']).error === undefined;
const without = (name) => (isThere(name) ? false : `there is no ${name}`);

function must(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the built service on the sample data', () => {
  const env = {
    ...process.env,
    FEEDS_ROOT: join(scratch, 'feeds'),
    RAW_DATA_PATH: join(root, 'tools/sample-data'),
    PORT: '0',
  };
  let service;
  let url;
  let user;

  before(async () => {
    user = JSON.parse(must(process.execPath, [program, 'run', '--json'], { env })).recommendations[0].userId;
    service = spawn(process.execPath, [program, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = await once(createInterface(service.stdout), 'line');
    url = JSON.parse(line).url;
    const path = `/v1/users/${encodeURIComponent(user)}/recommendations`;
    for (const query of ['', '?explain=true', '?limit=0', '?park=none'])
      await (await fetch(url + path + query)).arrayBuffer();
  });
  after(async () => {
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    assert.equal((await ended)[0], 0);
  });

  test('has metrics to which promtool does not object', { skip: without('promtool') }, () => {
    assert.match(must(join(root, 'tools/metrics/check.sh'), [url]), /nothing to object to in \d\d+ metrics/);
  });

  test('has a page that shows what it answers, fits a phone, and passes axe', { skip: without('chromium') }, () => {
    const cwd = join(root, 'tools/page');
    const installed = statSync(join(cwd, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
    if (!(installed?.mtimeMs >= statSync(join(cwd, 'package-lock.json')).mtimeMs))
      must('npm', ['ci', '--no-audit', '--no-fund'], { cwd });
    assert.equal(must(process.execPath, ['check.mjs', url, user], { cwd }).match(/axe passed/g)?.length, 4);
  });
});

describe('what the service is deployed with', () => {
  const deploy = join(root, 'deploy');

  test(
    'the systemd unit is sound, and shut off from what it does not need',
    { skip: without('systemd-analyze') },
    () => {
      // The unit names Node where distributions put it; this machine's may be elsewhere.
      const unit = join(scratch, 'attractions-serve.service');
      writeFileSync(
        unit,
        readFileSync(join(deploy, 'systemd/attractions-serve.service'), 'utf8').replace(
          '/usr/bin/node',
          process.execPath,
        ),
      );
      must('systemd-analyze', ['verify', unit]);
      must('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit]);
    },
  );

  test('the Dockerfile is sound', { skip: without('hadolint') }, () => {
    must('hadolint', [join(deploy, 'image/Dockerfile')]);
  });
});
