/**
 * The built train command on many visits: how long each kind of model takes, and the peak of resident memory beside what the kernel's formula says
 * (`docs/training.md`, Memory). Seeded; the visits are made at the first run. Needs Linux.
 *
 *     npm run build && node tools/bench/train/index.mjs [--feeds DIR] [--visits 5000000] [--users 250000] [--items 500] [--rank 64] [--rounds 1]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { als } from '../../../packages/contracts/dist/index.js';
import { visitsIn } from './data.mjs';

const { values } = parseArgs({
  options: {
    feeds: { type: 'string' },
    visits: { type: 'string', default: '5000000' },
    users: { type: 'string', default: '250000' },
    items: { type: 'string', default: '500' },
    rank: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '1' },
  },
});
const [rows, users, items, rank, rounds] = ['visits', 'users', 'items', 'rank', 'rounds'].map((name) =>
  Number(values[name]),
);
const MB = 2 ** 20;
const root = resolve(import.meta.dirname, '../../..');
const scratch = mkdtempSync(join(tmpdir(), 'bench-train-'));
const feeds = values.feeds ? resolve(values.feeds) : scratch;
mkdirSync(feeds, { recursive: true });
console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}; ${users} users, ${rows} visits, ${items} attractions, rank ${rank}`,
);
const store = await visitsIn(feeds, { users, rows, items });

for (let round = 0; round < rounds; round++) {
  const { took, peakBytes } = await trained();
  const model = await (await store.feed(als).latest()).read();
  const kernel = kernelBytes(model);
  for (const { kind, seconds, processorSeconds } of took)
    console.log(`${kind}: ${seconds.toFixed(1)} s, on processors ${processorSeconds.toFixed(1)} s`);
  console.log(
    `at most ${mb(peakBytes)} MB resident: ${mb(kernel)} of the kernel by its formula, ${mb(peakBytes - kernel)} beside it; load ${loadavg()[0].toFixed(1)}`,
  );
}
rmSync(scratch, { recursive: true });

/** Runs the command; its log says when a kind is done. */
async function trained() {
  const preload = join(import.meta.dirname, 'peak.mjs');
  const child = spawn(
    process.execPath,
    ['--import', preload, join(root, 'packages/als-trainer/dist/cli.js'), '--json'],
    {
      env: { ...process.env, FEEDS_ROOT: feeds, ALS_RANK: String(rank), LOG_LEVEL: 'info', FORCE_COLOR: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const steps = [];
  let peakBytes = NaN;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const said = parsed(line);
    if (said === undefined || said.level === 'error') console.error(line);
    else if (said.peakBytes !== undefined) peakBytes = said.peakBytes;
    else if (said.visits !== undefined || said.kind !== undefined)
      steps.push({ ...said, processorSeconds: processorSeconds(child.pid) });
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`train ended with code ${code}`);
  const [read, ...kinds] = steps;
  const took = kinds.map(({ kind, seconds, processorSeconds }, n) => ({
    kind,
    seconds,
    processorSeconds: processorSeconds - steps[n].processorSeconds,
  }));
  return { took: [{ kind: 'reading', ...read }, ...took], peakBytes };
}

/** What the threads of a process were on processors until now, by Linux's own count of hundredths. */
function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
  return (user + system) / 100;
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The formula of the README; the interactions as given, which stand beside the memory of the kernel, do not belong to it. */
function kernelBytes({ seen, userIds, attractionIds }) {
  const width = 8 * Math.ceil(rank / 8);
  let longest = 0;
  for (let user = 0; user < userIds.length; user++)
    longest = Math.max(longest, seen.offsets[user + 1] - seen.offsets[user]);
  const visitors = new Uint32Array(attractionIds.length);
  for (const item of seen.items) longest = Math.max(longest, ++visitors[item]);
  const thread = 20 * longest + 256 * 1024 + 12 * width;
  return (
    10 * rows +
    (4 * width + 8) * (userIds.length + attractionIds.length) +
    132 * width ** 2 +
    availableParallelism() * thread
  );
}

function mb(bytes) {
  return Math.round(bytes / MB);
}
