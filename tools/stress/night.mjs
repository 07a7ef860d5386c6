/**
 * `attractions forget` and `attractions keep`, killed at random moments and at their system calls: what is named can be read after each kill, and the same command, run again,
 * ends; then the feeds verify, nothing else is gone, and of a forgotten visitor nothing is left in any byte. Needs the built packages (`npx nx run-many -t build`); for
 * system calls Linux and strace.
 *
 *     node tools/stress/night.mjs [--kills 100] [--calls] [--stride 1]
 *
 * `--kills`: so many kills of each command at random moments. `--calls`: also one kill at each call that syncs, links, renames, removes or makes a folder, or at each `--stride`th. Prints what was counted.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { als, exposures, visits } from '../../packages/contracts/dist/index.js';
import { readParquet } from '../../packages/feeds/dist/arrow/index.js';
import { openFeeds } from '../../packages/feeds/dist/index.js';
import { loadGeneration } from '../../packages/models/dist/index.js';
import { killedAfter, killedAtCall } from './kills.mjs';

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
const columns = { user: 'user', attraction: 'item', time: 'ts' };
const sources = { visits: { type: 'csv', files: 'events.csv', columns } };

/** The configuration of all commands, with a rule of what is kept or without one. */
const configure = (keep) => writeFile(config, JSON.stringify({ sources, keep }));

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
  await configure({ last: 1 });
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
    const { kept } = await openFeeds(root).log(als.path).expire({ keepLast: 99 }, { producer });
    if (kept.length !== 2) violations.push(`${where}: models are left: ${JSON.stringify(kept)}`);
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
  // With a rule, the run itself would give up what the trials are to give up.
  await configure(undefined);
  command(root, 'run', '--full');
  await configure({ last: 1 });
  return root;
}

async function trial(name, base, kill, where) {
  const root = join(scratch, 'trial');
  await rm(root, { recursive: true, force: true });
  await cp(base, root, { recursive: true, preserveTimestamps: true });
  await kill(root);
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
}

for (const name of Object.keys(words)) {
  const base = await readyFor(name, await (name === 'forget' ? makeRoot() : join(scratch, 'feeds')));
  let spanMs = 0;
  await trial(
    name,
    base,
    async (root) => {
      const begin = performance.now();
      command(root, ...words[name]);
      spanMs = performance.now() - begin;
    },
    `${name}, not killed`,
  );
  let kills = 0;
  for (let n = 0; n < Number(values.kills); n++) {
    const moment = Math.random() * spanMs;
    await trial(
      name,
      base,
      async (root) => {
        if (await killedAfter(moment, argvOf(words[name]), env(root))) kills++;
      },
      `${name}, killed after ${moment.toFixed(0)} ms`,
    );
  }
  counts[name] = { kills };
  console.error(JSON.stringify({ ...counts, violations }));
  if (!values.calls) continue;
  let atCalls = 0;
  for (let n = 1, isKilled = true; isKilled; n += Number(values.stride)) {
    await trial(
      name,
      base,
      async (root) => {
        isKilled = killedAtCall(n, argvOf(words[name]), env(root));
        if (isKilled) atCalls++;
      },
      `${name}, killed at call ${n}`,
    );
  }
  counts[name].atCalls = atCalls;
}
await rm(scratch, { recursive: true, force: true });
console.log(JSON.stringify({ ...counts, violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
