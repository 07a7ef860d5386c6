/**
 * `attractions forget` and `attractions keep`, killed at random moments and at their system calls: what is named can be read after each kill, and the same command, run again,
 * ends; then the feeds verify, nothing else is gone, and of a forgotten visitor nothing is left in any byte. Needs the built packages (`npx nx run-many -t build`); for
 * system calls Linux and strace.
 *
 *     node tools/stress/night.mjs [--kills 100] [--calls] [--stride 1]
 *
 * `--kills`: so many kills of each command at random moments. `--calls`: also one kill at each call that syncs, links, renames, removes or makes a folder, or at each `--stride`th. Prints what was counted.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { als, exposures, visits } from '../../packages/contracts/dist/index.js';
import { readParquet } from '../../packages/feeds/dist/arrow/index.js';
import { openFeeds } from '../../packages/feeds/dist/index.js';
import { loadGeneration } from '../../packages/models/dist/index.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    calls: { type: 'boolean', default: false },
    stride: { type: 'string', default: '1' },
  },
});
const bin = join(import.meta.dirname, '../../packages/pipeline/bin/attractions.js');
const ANN = 'ann.4711@example.org';
const producer = { id: 'stress', package: 'tools', version: '0.0.0' };
const DAY_MS = 86_400_000;
const violations = [];
const trials = { done: 0 };
const counts = {};
const scratch = await mkdtemp(join(tmpdir(), 'attractions-night-'));

const env = (root) => ({
  ...process.env,
  FEEDS_ROOT: root,
  FORCE_COLOR: '0',
  LOG_LEVEL: 'silent',
  ALS_RANK: '2',
  ALS_ITERATIONS: '1',
  UV_THREADPOOL_SIZE: '1',
});
const config = join(scratch, 'attractions.config.json');

/** The command line with the configuration of this test. */
const argvOf = (words) => [bin, ...words, '--json', '--config', config];

function command(root, ...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, argvOf(words), { env: env(root), encoding: 'utf8' });
  if (status !== 0) throw new Error(`attractions ${words.join(' ')}: exit ${status}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** Three runs of 20 visitors and Ann, with a champion that is not the latest, a pin, lists and exposures. */
async function makeRoot() {
  const root = join(scratch, 'feeds');
  const columns = { user: 'user', attraction: 'item', time: 'ts' };
  const sources = { visits: { type: 'csv', files: 'events.csv', columns } };
  await writeFile(config, JSON.stringify({ sources, keep: { last: 1 } }));
  for (const seed of [1, 2, 3]) {
    const users = [...Array.from({ length: 20 }, (_, n) => `user-${n}`), ANN];
    const lines = users.flatMap((user, u) =>
      Array.from({ length: 5 }, (_, n) => {
        const time = new Date(Date.UTC(2026, 4, 1 + (u % 28), 10, 2 * n)).toISOString();
        return `${user},ride-${(u * seed + n * (1 + (u % 2))) % 9},${time}`;
      }),
    );
    await writeFile(join(scratch, 'events.csv'), ['user,item,ts', ...lines, `${ANN},ride-1,noon`, ''].join('\n'));
    command(root, 'run');
    if (seed === 1) command(root, 'feeds', 'alias', 'champion', 'training/als#1');
  }
  command(root, 'recommend', '--all');
  const store = openFeeds(root);
  await store.log(visits.path).pin('audit', 2, { producer, leaseMs: DAY_MS });
  const shown = ['user-1', ANN, 'user-2'].map((userId, n) => ({
    ...{ shownAt: new Date(), requestId: `r${n}`, userId, source: 'als', modelSeq: 1, items: ['ride-1'] },
  }));
  await store.feed(exposures).put(shown, { producer });
  return root;
}

/** All that a reader may ask for: the snapshot that is served, what is latest, what is pinned, lists. */
async function readAll(root, where) {
  try {
    const store = openFeeds(root);
    const { model } = await loadGeneration(store);
    for (const contract of [visits, als]) await (await store.feed(contract).latest()).read();
    for (const path of await store.list()) {
      const { findings } = await store.log(path).verify();
      for (const { kind, path: at, problem } of findings)
        if (kind === 'broken') violations.push(`${where}: ${at} ${problem}`);
    }
    return model.userIds;
  } catch (error) {
    violations.push(`${where}: ${error.stack}`);
    return [];
  }
}

async function tracesOf(id, root) {
  const traces = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (bytes.includes(id)) traces.push(path);
    if (!path.endsWith('.parquet')) continue;
    const table = await readParquet({ name: entry.name, path, rows: 0, bytes: async () => bytes }).catch(
      () => undefined,
    );
    const texts = (table?.schema.fields ?? []).filter(({ type }) => /Utf8/.test(String(type)));
    if (texts.some(({ name }) => [...table.getChild(name)].includes(id))) traces.push(`${path} (rows)`);
  }
  return traces;
}

/** What must hold when the command was run again to its end. */
const ends = {
  forget: async (root, where) => {
    const traces = await tracesOf(ANN, root);
    if (traces.length > 0) violations.push(`${where}: left in ${traces.join(', ')}`);
    const users = await readAll(root, where);
    if (users.length !== 20 || users.includes(ANN)) violations.push(`${where}: the model has ${users.length} users`);
    const store = openFeeds(root);
    const { numRows } = await (await store.feed(visits).latest()).read();
    if (numRows !== 100) violations.push(`${where}: ${numRows} visits`);
    const rows = [];
    for await (const { seq } of store.feed(exposures).history())
      rows.push(...(await (await store.feed(exposures).at(seq)).read().catch(() => [])));
    if (rows.length !== 2) violations.push(`${where}: ${rows.length} exposures`);
    await store.feed(als).record('champion');
  },
  keep: async (root, where) => {
    const users = await readAll(root, where);
    if (users.length !== 21) violations.push(`${where}: the model has ${users.length} users`);
    const living = (await openFeeds(root).log(als.path).expire({ keepLast: 99 }, { producer })).kept.map(
      ({ seq }) => seq,
    );
    if (living.length !== 2) violations.push(`${where}: ${living.length} models are left`);
  },
};
const words = { forget: ['forget', ANN, '--yes'], keep: ['keep'] };

/** Feeds of which much is to go: by `keep`, what it gave up two days ago, and another run. */
async function readyFor(name, base) {
  if (name === 'forget') return base;
  const root = join(scratch, 'kept');
  await cp(base, root, { recursive: true });
  command(root, 'keep');
  const before = new Date(Date.now() - 2 * DAY_MS);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), before, before);
  command(root, 'etl');
  command(root, 'train');
  return root;
}

async function trial(name, base, kill, where) {
  const root = join(scratch, 'trial');
  await rm(root, { recursive: true, force: true });
  await cp(base, root, { recursive: true, preserveTimestamps: true });
  const survived = await kill(root);
  await readAll(root, where);
  try {
    command(root, ...words[name]);
    await ends[name](root, where);
  } catch (error) {
    violations.push(`${where}: ${error.stack}`);
  }
  trials.done++;
  if (violations.length > 0)
    console.error(`${trials.done} trials, ${violations.length} violations; the last: ${violations.at(-1)}`);
  return survived;
}

for (const name of Object.keys(words)) {
  const base = await readyFor(name, await (name === 'forget' ? makeRoot() : join(scratch, 'feeds')));
  const begin = performance.now();
  await trial(name, base, async (root) => command(root, ...words[name]), `${name}, not killed`);
  const spanMs = performance.now() - begin;
  let kills = 0;
  for (let n = 0; n < Number(values.kills); n++) {
    const moment = Math.random() * spanMs * 0.6;
    await trial(
      name,
      base,
      async (root) => {
        const child = spawn(process.execPath, argvOf(words[name]), { env: env(root), stdio: 'ignore' });
        const exit = once(child, 'exit');
        await Promise.race([delay(moment), exit]);
        child.kill('SIGKILL');
        if ((await exit)[1] === 'SIGKILL') kills++;
      },
      `${name}, killed after ${moment.toFixed(0)} ms`,
    );
  }
  counts[name] = { kills };
  console.error(JSON.stringify({ ...counts, violations }));
  if (!values.calls) continue;
  // Not `write`: most of these only wake a thread. A file is written between the call that makes it and its fsync, which random moments hit.
  const calls = 'fsync,link,linkat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat';
  let atCalls = 0;
  for (let n = 1, alive = false; !alive; n += Number(values.stride)) {
    await trial(
      name,
      base,
      async (root) => {
        const inject = `inject=${calls}:signal=SIGKILL:when=${n}`;
        const argv = [
          '-f',
          '-o',
          '/dev/null',
          '-e',
          `trace=${calls}`,
          '-e',
          inject,
          process.execPath,
          ...argvOf(words[name]),
        ];
        alive = spawnSync('strace', argv, { env: env(root), stdio: 'ignore' }).status === 0;
        if (!alive) atCalls++;
      },
      `${name}, killed at call ${n}`,
    );
  }
  counts[name].atCalls = atCalls;
}
await rm(scratch, { recursive: true, force: true });
console.log(JSON.stringify({ ...counts, violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
