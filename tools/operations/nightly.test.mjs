/** The nightly recipe of the README: the service runs by itself while two nights pass. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const section = /## Run it every night\n([^]*?)\n## /.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1];
const [nightly, serving] = [...section.matchAll(/```sh\n(.*)\n```/g)].map(([, command]) => command);

const scratch = mkdtempSync(join(tmpdir(), 'attractions-nightly-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const env = {
  ...process.env,
  NX_DAEMON: 'false',
  FEEDS_ROOT: join(scratch, 'feeds'),
  RAW_DATA_PATH: join(scratch, 'raw'),
  MODEL_POLL_SECONDS: '0.05',
  PORT: '0',
};
// Set by an outer `nx run`, they would make the inner Nx believe that it is the outer one.
for (const name of Object.keys(env))
  if (name.startsWith('NX_') && name !== 'NX_DAEMON') Reflect.deleteProperty(env, name);

cpSync(join(root, 'tools/sample-data'), env.RAW_DATA_PATH, { recursive: true });

/** A command as a process group of its own, since npx and Nx hand no signal on. */
function started(command, port, stdout) {
  const stdio = ['ignore', stdout, 'inherit'];
  const child = spawn(command, { cwd: root, env: { ...env, PORT: String(port) }, shell: true, detached: true, stdio });
  return { stdout: child.stdout, ended: once(child, 'close'), stop: () => process.kill(-child.pid, 'SIGTERM') };
}

/** One night on the port of the service, if it runs; a command that does not end is stopped. */
async function night(port = 0) {
  const { ended, stop } = started(nightly, port, 'inherit');
  const timer = setTimeout(stop, 120_000);
  const [status] = await ended;
  clearTimeout(timer);
  assert.equal(status, 0, nightly);
}

const champion = () => {
  const command = [join(root, 'packages/pipeline/bin/attractions.js'), 'feeds', 'show', 'training/als#champion'];
  return JSON.parse(spawnSync(process.execPath, command, { env, encoding: 'utf8' }).stdout).seq;
};

test('the service is started once, and each night it serves the new champion', async () => {
  await night();
  const service = started(`${serving} --json`, 0, 'pipe');
  try {
    const [line] = await once(createInterface(service.stdout), 'line');
    const { url } = JSON.parse(line);
    const served = async () => (await (await fetch(`${url}/v1/version`)).json()).generation.model;
    let model = await served();
    assert.equal(model, champion());
    const file = join(env.RAW_DATA_PATH, 'userVisits-sample/userVisits-EmberIsle-allPOI.csv');
    const [, known] = readFileSync(file, 'utf8').split('\n');
    for (let nights = 2; nights <= 3; nights++) {
      // A day brings a line, here one that is known; otherwise a night finds nothing new.
      appendFileSync(file, `${known}\n`);
      await night(new URL(url).port);
      const wanted = champion();
      assert.ok(wanted > model);
      const deadline = performance.now() + 30_000;
      do model = await served();
      while (model !== wanted && performance.now() < deadline);
      assert.equal(model, wanted);
    }
  } finally {
    service.stop();
    await service.ended;
  }
});
