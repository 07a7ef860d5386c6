/** The night by each scheduler of `deploy`: cron's script, the systemd units, and the Airflow DAG by real Airflow, on the sample data. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'packages/pipeline/bin/attractions.js');
const scratch = mkdtempSync(join(tmpdir(), 'attractions-schedulers-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const isThere = (name) => spawnSync(name, ['--version']).error === undefined;
const without = (name) => (isThere(name) ? false : `there is no ${name}`);

/** A folder of its own with feeds that are empty; `attractions(…)` runs a command on them. */
function site(name) {
  const folder = mkdtempSync(join(scratch, name));
  const variables = {
    FEEDS_ROOT: join(folder, 'feeds'),
    RAW_DATA_PATH: join(root, 'tools/sample-data'),
    FORCE_COLOR: '0',
  };
  const env = { ...process.env, LOG_LEVEL: 'warn', ...variables };
  const attractions = (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--json'], {
      ...{ env, cwd: folder, encoding: 'utf8' },
    });
    assert.equal(status, 0, stdout + stderr);
    return JSON.parse(stdout);
  };
  return { folder, env, attractions };
}

/** The updates that a whole night has put. */
function nightOf({ attractions }) {
  const seqOf = (update) => attractions('feeds', 'show', update).seq;
  return { visits: seqOf('etl/visits'), champion: seqOf('training/als#champion'), lists: seqOf('serving/lists') };
}

/** A command line that does as `lines` of a shell say before it runs a command, whose name is `$1`. */
function wrapped(folder, ...lines) {
  const path = join(folder, 'command');
  writeFileSync(
    path,
    ['#!/bin/sh', `cd '${folder}'`, ...lines, `exec '${process.execPath}' '${program}' "$@"`, ''].join('\n'),
  );
  chmodSync(path, 0o755);
  return path;
}

const KILLED_ONCE = (name) => `if [ "$1" = ${name} ] && [ ! -e killed ]; then : > killed; kill -9 $$; fi`;

describe('the script for cron', { skip: without('flock') }, () => {
  const script = join(root, 'deploy/cron/attractions-night');
  const night = ({ folder, env }, command, more = {}) =>
    spawnSync(script, [], {
      ...{ cwd: folder, encoding: 'utf8' },
      env: { ...env, ATTRACTIONS_COMMAND: command, ATTRACTIONS_RETRY_SECONDS: '0', ...more },
    });

  test('makes a champion and lists; a command that is killed is tried again', () => {
    const given = site('cron');
    const { status, stderr } = night(given, wrapped(given.folder, KILLED_ONCE('validate')));
    assert.equal(status, 0, stderr);
    assert.match(stderr, /'validate' ended with 137; trying again in 0 s/);
    assert.deepEqual(nightOf(given), { visits: 1, champion: 1, lists: 1 });
  });

  test('does not try again what was refused, and ends with its exit code', () => {
    const given = site('cron-refused');
    const command = wrapped(given.folder, 'echo "$1" >> commands');
    const { status, stderr } = night(given, command, { GATE_MARGIN: '1' });
    assert.equal(status, 3, stderr);
    assert.equal(readFileSync(join(given.folder, 'commands'), 'utf8'), 'run\nvalidate\n');
  });

  test('gives up after four tries', () => {
    const given = site('cron-failed');
    const { status } = night(given, wrapped(given.folder, 'echo "$1" >> commands; exit 1'));
    assert.equal(status, 1);
    assert.equal(readFileSync(join(given.folder, 'commands'), 'utf8'), 'run\n'.repeat(4));
  });

  test('starts nothing while the last night still runs, and says so', () => {
    const given = site('cron-twice');
    const command = wrapped(given.folder, `[ -n "$INNER" ] && exit 7`, `INNER=1 '${script}' && exit 0`);
    const { status, stderr } = night(given, command);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /the last night still runs, so this one was not started/);
  });
});

describe('the systemd units of the night', { skip: without('systemd-analyze') }, () => {
  const unit = readFileSync(join(root, 'deploy/systemd/attractions-night.service'), 'utf8');
  // The unit names Node and the package where an installation puts them; here they are elsewhere.
  const here = unit
    .replaceAll('/usr/bin/node', process.execPath)
    .replaceAll('/opt/attractions/node_modules/@attractions/pipeline/bin/attractions.js', program);

  test('are sound, shut off from what they do not need, and start at a quarter past three', () => {
    const timer = readFileSync(join(root, 'deploy/systemd/attractions-night.timer'), 'utf8');
    const paths = {
      service: join(scratch, 'attractions-night.service'),
      timer: join(scratch, 'attractions-night.timer'),
    };
    writeFileSync(paths.service, here);
    writeFileSync(paths.timer, timer);
    const check = (...args) => {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
      return stdout;
    };
    check('verify', paths.service, paths.timer);
    check('security', '--offline=true', '--threshold=20', paths.service);
    assert.match(check('calendar', /OnCalendar=(.*)/.exec(timer)[1]), /Next elapse: .* 03:15:00/);
  });

  test('do a whole night by their commands, and do not try again what was refused', () => {
    const given = site('systemd');
    const commands = [...here.matchAll(/^ExecStart=(.*)$/gm)].map(([, command]) => command.split(' '));
    assert.equal(commands.length, 3);
    for (const [node, ...args] of commands) {
      const { status, stderr } = spawnSync(node, args, { cwd: given.folder, env: given.env, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    }
    assert.deepEqual(nightOf(given), { visits: 1, champion: 1, lists: 1 });
    assert.match(here, /^RestartPreventExitStatus=2 3$/m);
  });
});

/** The folder of Airflow, or why there is none. */
function airflow() {
  const install = join(root, 'tools/airflow/install.sh');
  if (!existsSync('/bin/bash')) return { missing: 'airflow: there is no bash' };
  const { status, stdout, stderr } = spawnSync(install, ['--there'], { encoding: 'utf8' });
  return status === 0 ? { venv: stdout.trim() } : { missing: stderr.trim() };
}

const { venv, missing } = airflow();

describe('the Airflow DAG', { skip: missing ?? false }, () => {
  test('imports, tries a killed task again, fails at once where a model is refused, and ends with a champion and lists', () => {
    const given = site('airflow');
    const home = mkdtempSync(join(scratch, 'home'));
    const command = wrapped(given.folder, KILLED_ONCE('train'), 'echo "$*" >> commands');
    const { status, stdout, stderr } = spawnSync(
      join(venv, 'bin/python'),
      [join(root, 'tools/airflow/check.py'), join(root, 'deploy/airflow')],
      { env: { ...given.env, AIRFLOW_HOME: home, ATTRACTIONS_COMMAND: command }, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    assert.equal(status, 0, stderr);
    const { importErrors, tasks, dag, runs } = JSON.parse(stdout.trim().split('\n').at(-1));
    assert.deepEqual(importErrors, {});
    assert.deepEqual(dag, { catchup: false, maxActiveRuns: 1 });
    assert.deepEqual(
      tasks.map(({ id, after: before }) => [id, ...before]),
      [['etl'], ['train', 'etl'], ['validate', 'train'], ['recommend', 'validate']],
    );
    const statesOf = ({ tasks: each }) =>
      Object.fromEntries(Object.entries(each).map(([id, { state, tries }]) => [id, `${state}, ${tries}`]));
    assert.deepEqual(statesOf(runs.good), {
      ...{ etl: 'success, 1', train: 'success, 2', validate: 'success, 1', recommend: 'success, 1' },
    });
    // The second night finds nothing new, and its gate asks for more than the model has.
    assert.deepEqual(statesOf(runs.refused), {
      ...{ etl: 'success, 1', train: 'success, 1', validate: 'failed, 1', recommend: 'upstream_failed, 0' },
    });
    assert.deepEqual(nightOf(given), { visits: 1, champion: 1, lists: 1 });
    assert.match(
      readFileSync(join(given.folder, 'commands'), 'utf8'),
      new RegExp(`^etl --run-id ${escaped(runs.good.runId)}$`, 'm'),
    );
  });
});

const escaped = (text) => text.replaceAll(/[+.]/g, '\\$&');
