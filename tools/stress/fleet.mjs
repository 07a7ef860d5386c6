/**
 * A fleet of many tenants, killed (SIGKILL to all its processes at once) and started again: at the end each tenant has one model, which passed the gate. Needs the built
 * packages (`npx nx run-many -t build`) and Linux, for the memory of processes.
 *
 *     node tools/stress/fleet.mjs [--tenants 1000] [--rows 5000] [--kills 2] [--workers 2] [--memory 1500]
 *
 * Prints models a minute over all runs, the most memory that all processes held together, and what was wrong.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CHAMPION, als, popularity, visits } from '../../packages/contracts/dist/index.js';
import { openFeeds } from '../../packages/feeds/dist/index.js';
import { makeTenants } from '../bench/fleet/data.mjs';

const { values } = parseArgs({
  options: {
    tenants: { type: 'string', default: '1000' },
    rows: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '2' },
    workers: { type: 'string', default: '2' },
    memory: { type: 'string', default: '1500' },
  },
});
const [tenants, rows, kills] = [values.tenants, values.rows, values.kills].map(Number);
const bin = join(import.meta.dirname, '../../packages/pipeline/bin/attractions.js');
const scratch = await mkdtemp(join(tmpdir(), 'attractions-fleet-'));
const root = join(scratch, 'feeds');
const violations = [];
let peakMb = 0;

/** The tenants that have ended a turn, by the notes of the fleet. */
async function endedTurns() {
  const turns = join(root, '_fleet', 'turns');
  const names = (await readdir(turns).catch(() => [])).filter((name) => !name.startsWith('_'));
  const ended = await Promise.all(
    names.map(async (name) => (await readdir(join(turns, name))).some((file) => file.includes('-end'))),
  );
  return ended.filter(Boolean).length;
}

/** What the processes of a group hold together. */
async function groupMb(group) {
  let mb = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    mb += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  }
  return mb;
}

/** Runs the fleet until so many turns have ended, then kills all of it; to its end, where that never happens. */
async function run(killAt) {
  const began = performance.now();
  const argv = [bin, 'run', '--each', 'tenants.json', '--json'];
  const env = { ...process.env, FEEDS_ROOT: root, FLEET_WORKERS: values.workers, FLEET_MEMORY_MB: values.memory };
  const fleet = spawn(process.execPath, argv, {
    ...{ cwd: scratch, env: { ...env, LOG_LEVEL: 'warn', FORCE_COLOR: '0' } },
    ...{ detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  let stdout = '';
  fleet.stdout.on('data', (chunk) => (stdout += chunk));
  const closed = once(fleet, 'close');
  let isRunning = true;
  const watching = (async () => {
    while (isRunning) {
      peakMb = Math.max(peakMb, await groupMb(fleet.pid));
      if ((await endedTurns()) >= killAt && isRunning) process.kill(-fleet.pid, 'SIGKILL');
      await delay(200);
    }
  })();
  const [exitCode, signal] = await closed;
  isRunning = false;
  await watching;
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, exitCode, isKilled: signal === 'SIGKILL', stdout };
}

async function countOf(feed) {
  let updates = 0;
  for await (const { seq } of feed.history()) updates += Number(seq > 0);
  return updates;
}

try {
  const names = await makeTenants(scratch, tenants, rows);
  const runs = [];
  for (let kill = 1; kill <= kills; kill++) {
    const found = await run(Math.ceil((kill * tenants) / (kills + 1)));
    if (!found.isKilled) violations.push(`run ${kill} ended with ${found.exitCode} before it was killed`);
    runs.push(found);
    console.error(`Killed after ${found.seconds.toFixed(1)} s, when ${await endedTurns()} tenants had ended.`);
  }
  const last = await run(Infinity);
  runs.push(last);
  if (last.exitCode !== 0) violations.push(`the last run ended with ${last.exitCode}`);
  const report = JSON.parse(last.stdout);
  const again = { models: 0, readings: 0, others: 0 };
  let champions = 0;
  for (const name of names) {
    const store = openFeeds(join(root, name));
    const models = await countOf(store.feed(als));
    again.models += models - 1;
    again.readings += (await countOf(store.feed(visits))) - 1;
    again.others += (await countOf(store.feed(popularity))) - 1;
    const { latest, [CHAMPION]: champion } = await store.feed(als).refs();
    if (models !== 1) violations.push(`${name} has ${models} models`);
    if (champion === undefined || champion !== latest)
      violations.push(`${name} has the champion ${champion} of ${latest}`);
    else champions++;
  }
  const seconds = runs.reduce((sum, each) => sum + each.seconds, 0);
  console.log(
    JSON.stringify({
      ...{
        tenants,
        rows,
        kills: runs.filter(({ isKilled }) => isKilled).length,
        champions,
        trainedTwice: again.models,
      },
      ...{ readTwice: again.readings, otherModelsTwice: again.others, lastRun: report.counts },
      ...{
        seconds: Math.round(seconds),
        modelsPerMinute: Math.round((60 * tenants) / seconds),
        peakMb: Math.round(peakMb),
      },
      ...{ lastRunStages: report.stages, lastRunModelsPerMinute: Math.round(report.modelsPerMinute), violations },
    }),
  );
} finally {
  await rm(scratch, { recursive: true, force: true });
}
process.exitCode = violations.length === 0 ? 0 : 1;
