/**
 * One service for many tenants, whose memory holds a tenth of them. Trains some models of the sample data, copies each to many tenants, and sends requests to all: to
 * tenants in turn, so that none is loaded when it is asked; to a few that stay loaded, at rest and while others are loaded; and at random. Every answer must be,
 * byte for byte, that of a service for the model alone; the memory of models must stay within its bound. Then it is killed (SIGKILL) and started again: what was
 * recorded of any tenant must be in the feed of that tenant, once. Needs the built packages (`npx nx run-many -t build`); takes some three minutes.
 *
 *     node tools/stress/tenants.mjs [--tenants 1000] [--hold 100] [--models 4] [--seconds 20] [--connections 8]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { als } from '../../packages/contracts/dist/index.js';
import { keepBusy, latencies, requestOf } from './client.mjs';
import { exposures, machine, openFeeds, residentMb, scratchFeeds, startService, verdict } from './service.mjs';

const { values } = parseArgs({
  options: {
    tenants: { type: 'string', default: '1000' },
    hold: { type: 'string', default: '100' },
    models: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '8' },
  },
});
const [count, hold, models, seconds, connections] = ['tenants', 'hold', 'models', 'seconds', 'connections'].map(
  (name) => Number(values[name]),
);
const command = join(import.meta.dirname, '../../packages/pipeline/bin/attractions.js');
const AT = 'at=2014-08-05T14:30:00&limit=5';

const { folder } = scratchFeeds();
const env = { PATH: process.env.PATH, FORCE_COLOR: '0', LOG_LEVEL: 'warn' };
const attractions = (args, settings) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args, '--json'], {
    cwd: folder,
    env: { ...env, ...settings },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

// The models differ by their seeds, so that an answer shows whose it is.
const users = [];
const expected = [];
let rows = 0;
for (let model = 0; model < models; model++) {
  const root = join(folder, `model-${model}`);
  ({ rows } = attractions(['run', '--sample'], { FEEDS_ROOT: root, ALS_SEED: String(model + 1), ALS_RANK: '32' }));
  const alone = await startService(root, { LOG_EXPOSURES: 'false', LOG_EVENTS: 'false', MAX_DELAY_MS: '60000' });
  if (users.length === 0) users.push(...(await someUsers(root)));
  expected.push(await Promise.all(users.map((user) => listOf(alone.url, '/v1', user))));
  alone.kill('SIGTERM');
  await alone.ended;
}
const names = Array.from({ length: count }, (_, n) => `t${n}`);
const root = join(folder, 'fleet');
for (const [n, name] of names.entries())
  cpSync(join(folder, `model-${n % models}`), join(root, name), { recursive: true });
const file = join(folder, 'tenants.json');
writeFileSync(file, JSON.stringify({ tenants: names.map((tenant) => ({ tenant })) }));
console.log(`${machine}. ${count} tenants, each with a model of ${rows} rows; ${models} different ones.`);

/** How much one takes, without lists that are cached. */
const settings = { TENANTS_FILE: file, CACHED_LISTS: '0' };
const probe = await startService(root, { ...settings, LOG_EXPOSURES: 'false' });
for (const name of names.slice(0, 10)) await listOf(probe.url, `/v1/t/${name}`, users[0]);
const each = (await figure(probe.url, 'tenants_loaded_bytes')) / 10;
probe.kill('SIGTERM');
await probe.ended;
const memory = Math.max(1, Math.round((each * hold) / 2 ** 20));
console.log(
  `A tenant takes ${(each / 1_024).toFixed(0)} KiB; TENANTS_MEMORY=${memory} holds ${Math.floor((memory * 2 ** 20) / each)}.`,
);

// On a busy machine, requests would be refused for the load of other programs.
const bounded = { ...settings, MAX_DELAY_MS: '60000', TENANTS_MEMORY: String(memory), EXPOSURE_COMMIT_SECONDS: '3600' };
let service = await startService(root, bounded);
const startMb = residentMb(service.pid);
let [wrong, failed, answered, degraded, most] = [0, 0, 0, 0, 0];
const shown = new Map();
const request = (n, user) => ({
  n,
  user,
  bytes: requestOf({ path: `/v1/t/${names[n]}/users/${encodeURIComponent(users[user])}/recommendations?${AT}` }),
});
const told =
  (times) =>
  (answer, { n, user }) => {
    if (answer.failed !== undefined || answer.status !== 200) {
      if (failed++ === 0) console.log(`failed: ${answer.failed ?? `${answer.status} ${answer.text}`}`);
      return;
    }
    answered++;
    times.push(answer.ms);
    const id = answer.headers['x-request-id'];
    shown.set(id, n);
    if (answer.text.includes('"degraded":true')) degraded++;
    else if (withoutId(answer.text) !== expected[n % models][user] && wrong++ === 0)
      console.log(`wrong, of ${names[n]}: ${answer.text}\ninstead of ${expected[n % models][user]}`);
  };
const busy = async (over, choose, done) => {
  const times = [];
  await keepBusy({ url: service.url, connections: over, done, request: choose, told: told(times) });
  return times;
};
// keepBusy sends what `request` gives; the rest is kept to look the answer up.
function sending(choose) {
  return (connection, n) => {
    const asked = choose(connection, n);
    return Object.assign(Buffer.from(asked.bytes), { n: asked.n, user: asked.user });
  };
}
const until = (ms) => {
  const end = performance.now() + ms;
  return () => performance.now() > end;
};
const userOf = (n) => (n * 7) % users.length;

/** In turn, so that each is asked when it was unloaded long ago. */
let turn = 0;
const inTurn = sending(() => request(turn++ % count, userOf(turn)));
const first = await busy(1, inTurn, () => turn >= count);
console.log(`not loaded, one after the other: ${latencies(first)}`);
turn = 0;
const many = await busy(connections, inTurn, () => turn >= count);
console.log(`not loaded, ${connections} at a time: ${latencies(many)}`);
most = Math.max(most, await figure(service.url, 'tenants_loaded_bytes'));

const few = Math.max(2, Math.floor(hold / 4));
const hot = sending((connection, n) => request((connection * 31 + n) % few, userOf(n)));
await busy(2, hot, until(1_000));
const rest = await busy(2, hot, until((seconds * 1_000) / 2));
console.log(`loaded, at rest: ${latencies(rest)}`);
const done = until(seconds * 1_000);
turn = few;
const [loaded, loading] = await Promise.all([
  busy(2, hot, done),
  busy(
    2,
    sending(() => request(few + (turn++ % (count - few)), userOf(turn))),
    done,
  ),
]);
console.log(`loaded, while others are loaded: ${latencies(loaded)}`);
console.log(`not loaded, while others are asked: ${latencies(loading)}`);
most = Math.max(most, await figure(service.url, 'tenants_loaded_bytes'));
const random = await busy(
  connections,
  sending(() => request(Math.floor(Math.random() * count), Math.floor(Math.random() * users.length))),
  until(seconds * 1_000),
);
console.log(`at random: ${latencies(random)}`);
most = Math.max(most, await figure(service.url, 'tenants_loaded_bytes'));
const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1_024;
const [loads, unloads] = [
  await figure(service.url, 'tenant_loads_total{result="loaded"}'),
  await figure(service.url, 'tenant_unloads_total{result="space"}'),
];
console.log(
  `${answered} answers, ${degraded} of them popular lists because of the load; ${loads} loads, ${unloads} unloads; ${startMb.toFixed(0)} MB at the start, at most ${peakMb.toFixed(0)} MB.`,
);

// Every list was synced within EXPOSURE_SYNC_MS; none was committed.
await new Promise((resolve) => setTimeout(resolve, 2_000));
service.kill('SIGKILL');
await service.ended;
service = await startService(root, settings);
const spools = () =>
  names.filter((name) => existsSync(join(root, name, '_spool')) && readdirSync(join(root, name, '_spool')).length > 0);
for (const end = Date.now() + 300_000; spools().length > 0 && Date.now() < end;)
  await new Promise((resolve) => setTimeout(resolve, 500));
service.kill('SIGTERM');
await service.ended;
let [recorded, elsewhere] = [0, 0];
for (const [n, name] of names.entries()) {
  const feed = openFeeds(join(root, name)).feed(exposures);
  for await (const { seq } of feed.since(0))
    for (const { requestId } of await (await feed.at(seq)).read()) {
      recorded++;
      if (shown.get(requestId) !== n) elsewhere++;
      shown.delete(requestId);
    }
}

verdict(`${failed} requests failed, ${wrong} of ${answered} answers were wrong`, failed === 0 && wrong === 0);
verdict(`models took at most ${(most / 2 ** 20).toFixed(1)} of ${memory} MiB`, most <= memory * 2 ** 20);
verdict(
  `after a kill, ${recorded} lists of ${answered} are in the feeds, ${elsewhere} twice or in that of another tenant`,
  recorded === answered && elsewhere === 0,
);

async function someUsers(of) {
  const { userIds } = await (await openFeeds(of).feed(als).latest()).read();
  return ['nobody', ...userIds.filter((_, n) => n % Math.ceil(userIds.length / 20) === 0)];
}

async function listOf(url, prefix, user) {
  const response = await fetch(`${url}${prefix}/users/${encodeURIComponent(user)}/recommendations?${AT}`);
  return withoutId(await response.text());
}

function withoutId(text) {
  return text.replace(/,"requestId":"[^"]*"/, '');
}

async function figure(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`attractions_${name} `))
      ?.split(' ')[1],
  );
}
