/**
 * The built service on a large model: the time until it is ready, its memory, and how long its event loop stalls when another generation takes over under
 * light load. 200,000 users, 5 million visits, 500 attractions in 10 parks, seeded; made and trained at the first run, which takes a few minutes.
 *
 *     npm run build && node tools/bench/load/index.mjs [--feeds DIR] [--users 200000] [--visits 5000000] [--items 500] [--rank 64] [--swaps 10]
 *
 * Stalls are measured in two places: in the service, as the longest time between two turns of its event loop, and the most processor time of the main thread
 * in such a time (`turns.mjs`); and by a client that requests `/livez` repeatedly, as its longest wait. Each is also measured for an equal time without a
 * swap, since other processes of the machine delay the service too. Needs Linux.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { als } from '../../../packages/contracts/dist/index.js';
import { feedsIn, producer, userIdOf } from './data.mjs';

const { values } = parseArgs({
  options: {
    feeds: { type: 'string' },
    users: { type: 'string', default: '200000' },
    visits: { type: 'string', default: '5000000' },
    items: { type: 'string', default: '500' },
    rank: { type: 'string', default: '64' },
    swaps: { type: 'string', default: '10' },
  },
});
const [users, rows, items, rank, swaps] = ['users', 'visits', 'items', 'rank', 'swaps'].map((name) =>
  Number(values[name]),
);
/** Connections of the light load, and the pause of each between two requests. */
const CONNECTIONS = 8;
const PAUSE_MS = 20;

const root = resolve(import.meta.dirname, '../../..');
const scratch = mkdtempSync(join(tmpdir(), 'bench-load-'));
const feeds = values.feeds ? resolve(values.feeds) : scratch;
mkdirSync(feeds, { recursive: true });
console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}; ${users} users, ${rows} visits, ${items} attractions, rank ${rank}`,
);
const store = await feedsIn(feeds, { users, rows, items, rank }, console.log);
const models = store.feed(als);
if ((await models.head()).seq < 2) {
  const first = await models.at(1);
  const { parents } = first.record;
  await models.put(await first.read(), { producer, parents });
}
await models.alias('champion', 1, { producer });

const began = performance.now();
const service = spawn(
  process.execPath,
  ['--import', join(import.meta.dirname, 'turns.mjs'), join(root, 'packages/service/dist/cli.js'), '--json'],
  {
    env: {
      ...process.env,
      FEEDS_ROOT: feeds,
      PORT: '0',
      LOG_LEVEL: 'warn',
      LOG_EXPOSURES: 'false',
      MODEL_POLL_SECONDS: '0.1',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  },
);
const [line] = await once(service.stdout, 'data');
const { url } = JSON.parse(String(line));
console.log(`ready after ${((performance.now() - began) / 1_000).toFixed(1)} s; ${memory()}`);
await sleep(5_000);
console.log(`at rest: ${memory()}`);

const agent = new Agent({ keepAlive: true });
let done = false;
let longestMs = 0;
const [load, probe] = [Promise.all(Array.from({ length: CONNECTIONS }, busy)), watch()];
await sleep(2_000);
const found = { without: [], swapping: [] };
const windowMs = [];
for (let swap = 0; swap < swaps; swap++) {
  const { model } = JSON.parse(await text('/v1/version')).generation;
  const next = model === 1 ? 2 : 1;
  const swapping = await measured(async () => {
    const sinceMs = performance.now();
    await models.alias('champion', next, { producer });
    while (JSON.parse(await text('/v1/version')).generation.model !== next) await sleep(20);
    windowMs.push(performance.now() - sinceMs);
    await sleep(1_000);
  });
  found.swapping.push(swapping);
  found.without.push(await measured(() => sleep(windowMs.at(-1) + 1_000)));
}
done = true;
await Promise.all([load, probe]);
console.log(`a swap takes ${span(windowMs, 1_000)} s`);
for (const [name, results] of Object.entries(found)) {
  const of = (side) => span(results.map((result) => result[side]));
  console.log(
    `longest stall ${name === 'without' ? 'without a swap' : 'at a swap'}: ${of('turnMs')} ms in the service, ` +
      `${of('processorMs')} ms of it at work; ${of('clientMs')} ms for the client`,
  );
}
console.log(`after ${swaps} swaps: ${memory()}`);
service.kill('SIGTERM');
await once(service, 'exit');
agent.destroy();
rmSync(scratch, { recursive: true });

/** The longest stall while `act` runs. */
async function measured(act) {
  await turns();
  longestMs = 0;
  await act();
  return { clientMs: longestMs, ...(await turns()) };
}

async function turns() {
  service.send('?');
  const [answer] = await once(service, 'message');
  return answer;
}

async function watch() {
  while (!done) {
    const sentMs = performance.now();
    await text('/livez');
    longestMs = Math.max(longestMs, performance.now() - sentMs);
    await sleep(1);
  }
}

async function busy(_, connection) {
  for (let n = connection; !done; n += CONNECTIONS) {
    await text(`/v1/users/${userIdOf((n * 7_919) % users)}/recommendations?park=park${n % 10}`);
    await sleep(PAUSE_MS);
  }
}

async function text(path) {
  const request = get(url + path, { agent });
  const [response] = await once(request, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${body}`);
  return body;
}

function memory() {
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  const of = (name) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024).toFixed(0);
  return `${of('VmRSS')} MB resident, ${of('VmHWM')} MB at most`;
}

/** The middle, and the spread. */
function span(numbers, by = 1) {
  const sorted = numbers.map((number) => number / by).sort((a, b) => a - b);
  const of = (place) => sorted[place].toFixed(1);
  return `${of(sorted.length >> 1)} (${of(0)} to ${of(sorted.length - 1)})`;
}
