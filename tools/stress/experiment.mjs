/**
 * An experiment from its start to its report with real processes: it is started by the command line, the service serves it, simulated visitors ask for lists over
 * HTTP and send events, with a true effect that is chosen here. Some events come late, some twice, one visitor is a bot; the service is killed (SIGKILL) at random
 * moments. Then the report must find the effect, its interval must cover the truth, and every exposure must recompute by the SQL and the Python of the README of
 * `experiments`. Needs the built packages (`npx nx run-many -t build`); Python's part needs PyPI for the first run, and is left out where there is no python3.
 *
 *     node tools/stress/experiment.mjs [--visitors 20000] [--kills 2] [--effect 0.05] [--bot 100000] [--seed 1]
 *
 * `--effect` is what the second panel adds to the probability of a click, `--bot` the clicks of the bot.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clientOf, requestOf } from './client.mjs';
import { exposures, machine, openFeeds, verdict } from './service.mjs';

const { values } = parseArgs({
  options: {
    visitors: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '2' },
    effect: { type: 'string', default: '0.05' },
    bot: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const [visitors, kills, effect, botClicks, seed] = ['visitors', 'kills', 'effect', 'bot', 'seed'].map((name) =>
  Number(values[name]),
);
const root = join(import.meta.dirname, '../..');
const program = join(root, 'packages/pipeline/bin/attractions.js');
const { events } = await import(join(root, 'packages/contracts/dist/index.js'));
const DAY_MS = 86_400_000;
const CONNECTIONS = 8;
console.log(`${machine}; ${visitors} visitors, true effect ${effect}, ${kills} kills, seed ${seed}`);

const folder = mkdtempSync(join(tmpdir(), 'stress-experiment-'));
const feeds = join(folder, 'feeds');
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const env = {
  PATH: process.env.PATH,
  TMPDIR: tmpdir(),
  FEEDS_ROOT: feeds,
  RAW_DATA_PATH: join(root, 'tools/sample-data'),
  PORT: '0',
  LOG_LEVEL: 'error',
  EXPOSURE_SYNC_MS: '100',
  EXPOSURE_COMMIT_SECONDS: '1',
  EVENT_COMMIT_SECONDS: '1',
};
const metrics = [
  { name: 'clicked', type: 'proportion', event: 'click' },
  { name: 'clicks', type: 'count', event: 'click' },
  { name: 'errors', type: 'proportion', event: 'error', direction: 'decrease', guardrail: true },
];
writeFileSync(join(folder, 'attractions.config.json'), JSON.stringify({ experiments: { metrics } }));

function attractions(...argv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 }); // prettier-ignore
  if (status !== 0) throw new Error(`attractions ${argv.join(' ')} ended with ${status}.\n${stdout}\n${stderr}`);
  return stdout;
}

async function serve() {
  const child = spawn(process.execPath, [program, 'serve', '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').finally(() => process.off('exit', kill));
  const [line] = await once(createInterface(child.stdout), 'line');
  return { url: JSON.parse(line).url, child, ended };
}

/** Seeded: 0 to 1, the same for a visitor whatever else happens. */
function randomOf(visitor) {
  let state = (Math.imul(visitor + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

attractions('run', '--json');
attractions('experiment', 'start', 'home', '--panels', 'popular=50,als=50', '--json');

let service = await serve();
let isUp = true;
const sent = new Set();
const late = [];
let [asked, repeated, refused, degraded] = [0, 0, 0, 0];

/** Asks until there is an answer: a client does not know that the service was killed. */
async function ask(client, request) {
  for (;;) {
    while (!isUp) await sleep(20);
    const { status, text } = await client.current().ask(requestOf(request));
    if (status !== undefined && status < 500) return { status, body: JSON.parse(text) };
    await sleep(50);
    client.renew();
  }
}

function newClient() {
  let current = clientOf(service.url);
  return {
    current: () => current,
    renew: () => {
      current.close();
      current = clientOf(service.url);
    },
    close: () => current.close(),
  };
}

async function send(client, batch) {
  const { status, body } = await ask(client, {
    method: 'POST',
    path: '/v1/events',
    body: JSON.stringify({ events: batch }),
  });
  if (status !== 202) throw new Error(`Events were refused with ${status}: ${JSON.stringify(body)}`);
  for (const { eventId } of batch) sent.add(eventId);
}

/** One visitor: what was done days before, a list, and perhaps a click on it, which depends on the panel. */
async function visit(client, visitor) {
  const random = randomOf(visitor);
  const userId = `visitor-${visitor}`;
  const isFrequent = random() < 0.5;
  const before = new Date(Date.now() - (1 + 9 * random()) * DAY_MS).toISOString();
  const early = random() < (isFrequent ? 0.8 : 0.1) ? [{ eventId: `${userId}-before`, userId, type: 'click', at: before }] : []; // prettier-ignore
  // What was done before the list is told after it: events come in any order.
  const { status, body } = await ask(client, { path: `/v1/users/${userId}/recommendations` });
  asked++;
  if (status !== 200 || body.panel === undefined) {
    // An overloaded service gives popular lists, which are not part of the experiment.
    if (body.degraded === true) degraded++;
    else refused++;
    return;
  }
  const [chance, isLate, isTwice, hasError] = [random(), random() < 0.05, random() < 0.1, random() < 0.02];
  const probability = (isFrequent ? 0.35 : 0.05) + (body.panel.panel === 'als' ? effect : 0);
  const [first] = body.recommendations;
  const now = new Date().toISOString();
  const batch = [
    ...early,
    ...(chance < probability ? [{ eventId: `${userId}-click`, userId, type: 'click', at: now, attractionId: first.attractionId, ...(body.requestId !== undefined && { requestId: body.requestId }) }] : []), // prettier-ignore
    ...(hasError ? [{ eventId: `${userId}-error`, userId, type: 'error', at: now }] : []),
  ];
  if (batch.length === 0) return;
  if (isLate) {
    late.push(...batch);
    return;
  }
  await send(client, batch);
  if (isTwice) {
    repeated += batch.length;
    await send(client, batch);
  }
}

let next = 0;
const work = Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    const client = newClient();
    for (let visitor = next++; visitor < visitors; visitor = next++) await visit(client, visitor);
    client.close();
  }),
);
for (let kill = 1; kill <= kills; kill++) {
  while (asked < (visitors * kill) / (kills + 1)) await sleep(20);
  isUp = false;
  service.child.kill('SIGKILL');
  await service.ended;
  service = await serve();
  isUp = true;
}
await work;
const client = newClient();
for (let from = 0; from < late.length; from += 500) await send(client, late.slice(from, from + 500));
const bot = 'visitor-0';
for (let from = 0; from < botClicks; from += 500)
  await send(
    client,
    Array.from({ length: Math.min(500, botClicks - from) }, (_, n) => ({ eventId: `bot-${from + n}`, userId: bot, type: 'click' })), // prettier-ignore
  );
client.close();
/** What waits to be committed, of services that were killed; names with an underscore are not of a service. */
const waiting = () =>
  ['_spool', '_events'].flatMap((spool) => readdirSync(join(feeds, spool)).filter((name) => !name.startsWith('_')));
let code;
for (let tries = 0; tries < 6; tries++) {
  // What a killed service left is taken once its lease of 5 s is over.
  await sleep(8_000);
  service.child.kill('SIGTERM');
  [code] = await service.ended;
  if (waiting().length === 0) break;
  service = await serve();
}
verdict(`of ${asked} visitors ${refused} were in no panel, beside ${degraded} while the service was overloaded; the last service ended with ${code}`, refused === 0 && code === 0); // prettier-ignore

const store = openFeeds(feeds);
const rows = async (contract) => {
  const all = [];
  for await (const { seq } of store.feed(contract).since(0))
    all.push(...(await (await store.feed(contract).at(seq)).read()));
  return all;
};
const held = (await rows(events)).map(({ eventId }) => eventId);
const heldOnce = new Set(held);
const missing = [...sent].filter((id) => !heldOnce.has(id)).length;
verdict(
  `${sent.size} events were acknowledged (${repeated} of them sent twice, ${late.length} late), ${missing} are missing, ${held.length - heldOnce.size} are in the feed twice`,
  missing === 0 && heldOnce.size === held.length,
);
const shown = (await rows(exposures)).filter(({ experiment }) => experiment !== undefined).length;

const report = JSON.parse(attractions('experiment', 'report', 'home', '--json', '--html', join(folder, 'report.html')));
console.log(report.verdict);
verdict(
  `${report.exposures.recomputed} of ${report.exposures.lists} exposures recompute; ${report.refusals.length} refusals`,
  report.exposures.recomputed === shown && report.refusals.length === 0,
);
const [clicked, clicks] = report.metrics.map(({ panels }) => panels[1].difference);
const interval = ([low, high]) => `${low.toFixed(4)} to ${high.toFixed(4)}`;
const covers = ([low, high]) => low <= effect && effect <= high;
verdict(
  `clicked: ${clicked.absolute.estimate.toFixed(4)}, at any time ${interval(clicked.absolute.anytime)}, one look ${interval(clicked.absolute.fixed)}; the truth is ${effect}; CUPED saves ${(100 * clicked.cuped.varianceSaved).toFixed(0)} %`,
  clicked.conclusion === 'better' && covers(clicked.absolute.anytime),
);
const { topUser, topShare, cap } = report.metrics[1].heavy;
verdict(
  `clicks: ${clicks.absolute.estimate.toFixed(4)}, at any time ${interval(clicks.absolute.anytime)}; '${topUser}' has ${(100 * topShare).toFixed(1)} % of all clicks and counts for ${cap}`,
  covers(clicks.absolute.anytime) && topUser === bot && cap <= 2,
);
verdict(`the page has ${readdirSync(folder).filter((name) => name.startsWith('report.')).join(' and ')}`, existsSync(join(folder, 'report.json'))); // prettier-ignore

const readme = readFileSync(join(root, 'packages/experiments/README.md'), 'utf8');
const blockOf = (language) => new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)[1];
const { DuckDBInstance } = createRequire(join(root, 'packages/etl/package.json'))('@duckdb/node-api');
process.chdir(folder);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const bySql = (await connection.runAndReadAll(blockOf('sql'))).getRows()[0].map(Number);
verdict(`SQL of the README: ${bySql[0]} exposures, ${bySql[1]} wrong`, bySql[0] === shown && bySql[1] === 0);
const python = pythonWithArrow();
if (python === undefined) console.log('left out: Python, since there is no python3 with venv and pyarrow');
else {
  const { stdout, stderr } = spawnSync(python, ['-c', blockOf('python')], { cwd: folder, encoding: 'utf8' });
  verdict(`Python of the README: ${stdout.trim().replace(' ', ' exposures, ')} wrong${stderr}`, stdout.trim() === `${shown} 0`); // prettier-ignore
}

/** A python3 that has pyarrow, in a virtual environment below TMPDIR that stays for the next run. */
function pythonWithArrow() {
  const place = join(tmpdir(), 'attractions-pyarrow');
  const inside = join(place, 'bin/python');
  const has = (command) => spawnSync(command, ['-c', 'import pyarrow.parquet']).status === 0;
  if (has('python3')) return 'python3';
  if (!has(inside)) {
    spawnSync('python3', ['-m', 'venv', place]);
    spawnSync(join(place, 'bin/pip'), ['install', '--quiet', 'pyarrow==26.0.1']);
  }
  return has(inside) ? inside : undefined;
}
