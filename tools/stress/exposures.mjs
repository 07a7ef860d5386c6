/**
 * Services share one spool under load, each as process 1 of a separate PID namespace if the system allows it; they are killed (SIGKILL) at random moments and
 * started again. In its last life each service is stopped (SIGSTOP) for longer than its lease, so that the others take its lists, then continues and ends in
 * order. The feed is then compared with the answers to the clients: no list twice, none invented, none changed, and at most the lists within EXPOSURE_SYNC_MS
 * plus one sync before a kill are lost. The time of a sync is measured meanwhile: the longest answer of the same life (the event loop may be late by that
 * much), and the longest of similar syncs, made every EXPOSURE_SYNC_MS on the same disk. Needs the built packages (`npx nx run-many -t build`); takes about
 * two minutes.
 *
 *     node tools/stress/exposures.mjs [--lists 100000] [--processes 3] [--kills 10] [--sync-ms 200] [--connections 6]
 *
 * `--kills` and `--connections` are per process. Prints the lists answered, recorded and lost, and the age of the oldest lost list when its process was
 * killed.
 */
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keepBusy, requestOf } from './client.mjs';
import {
  exposures,
  isolation,
  machine,
  putEdition,
  scratchFeeds,
  startService,
  userIdOf,
  verdict,
} from './service.mjs';

const { values } = parseArgs({
  options: {
    lists: { type: 'string', default: '100000' },
    processes: { type: 'string', default: '3' },
    kills: { type: 'string', default: '10' },
    'sync-ms': { type: 'string', default: '200' },
    connections: { type: 'string', default: '6' },
  },
});
const [lists, processes, kills, syncMs, connections] = ['lists', 'processes', 'kills', 'sync-ms', 'connections'].map(
  (name) => Number(values[name]),
);
/** Longer than the lease (5 s), and than the second between two looks of the others. */
const STOP_MS = 7_000;
console.log(
  `${machine}; ${lists} lists, ${processes} processes ${isolation.length > 0 ? 'in PID namespaces of their own' : 'in one PID namespace'}, ` +
    `${kills} kills each, a sync each ${syncMs} ms, ${connections} connections each`,
);

const { folder, store } = scratchFeeds();
const spool = join(folder, '_spool');
await putEdition(store, 1, { users: 500, items: 200 });
const settings = { EXPOSURE_SYNC_MS: String(syncMs), EXPOSURE_COMMIT_SECONDS: '1' };
const sent = new Set();
const answered = new Map();

/** A service under load until `until` settles; then it gets a signal. Gives how long the slowest answer took, or had been waited for. */
async function live(life, signal, until) {
  const service = await startService(folder, settings, isolation);
  let answers = 0;
  let ended = false;
  let slowestMs = 0;
  const since = new Map();
  const busy = keepBusy({
    url: service.url,
    connections,
    done: () => ended,
    request(connection, n) {
      const id = `${life}.${connection}.${n}`;
      sent.add(id);
      since.set(connection, performance.now());
      return requestOf({ path: `/v1/users/${userIdOf(n % 500)}/recommendations`, headers: { 'x-request-id': id } });
    },
    told({ status, text, ms, headers }) {
      if (status !== 200) return;
      answers++;
      slowestMs = Math.max(slowestMs, ms);
      const items = JSON.parse(text).recommendations.map(({ attractionId }) => attractionId);
      answered.set(headers['x-request-id'], { items: items.join(), life, atMs: performance.now() });
    },
  });
  await until(service, () => answers);
  // What is in flight ends with the process; its answers, if any came, count too. One that ends in order is asked no more.
  if (signal === 'SIGKILL') service.kill(signal);
  ended = true;
  const killedMs = performance.now();
  for (const ms of since.values()) slowestMs = Math.max(slowestMs, killedMs - ms);
  if (signal !== 'SIGKILL') await busy;
  if (signal !== 'SIGKILL') service.kill(signal);
  await service.ended;
  await busy;
  return { life, killed: signal === 'SIGKILL', killedMs, slowestMs };
}

const due = lists / (processes * (kills + 1));
const soon = async (_, answers) => {
  while (answers() < due) await sleep(5);
  await sleep(Math.random() * 3 * syncMs);
};
let turn = Promise.resolve();
const stopped = (service) => {
  // One after the other, so that the others are there to take what it has.
  turn = turn.then(async () => {
    service.kill('SIGSTOP');
    await sleep(STOP_MS);
    service.kill('SIGCONT');
    await sleep(1_000);
  });
  return turn;
};

let [syncing, longestSyncMs] = [true, 0];
const probe = (async () => {
  const beside = join(folder, 'probe');
  await mkdir(beside);
  for (let n = 0; syncing; n++) {
    const startMs = performance.now();
    const file = await open(join(beside, 'part'), 'w');
    await file.writeFile(Buffer.alloc(1 << 16));
    await file.datasync();
    await file.close();
    await rename(join(beside, 'part'), join(beside, String(n % 8)));
    const at = await open(beside, 'r');
    await at.sync();
    await at.close();
    longestSyncMs = Math.max(longestSyncMs, performance.now() - startMs);
    await sleep(syncMs);
  }
})();

const lives = await Promise.all(
  Array.from({ length: processes }, async (_, p) => {
    const past = [];
    for (let k = 0; k < kills; k++) past.push(await live(`${p}.${k}`, 'SIGKILL', soon));
    past.push(
      await live(`${p}.last`, 'SIGTERM', async (service, answers) => {
        await soon(service, answers);
        await stopped(service);
      }),
    );
    return past;
  }),
);
syncing = false;
await probe;

const last = await startService(folder, settings, isolation);
const startMs = performance.now();
while ((await readdir(spool)).length > 0 && performance.now() - startMs < 60_000) await sleep(50);
const left = await readdir(spool);
last.kill('SIGTERM');
await last.ended;

const held = new Map();
let twice = 0;
for await (const { seq } of store.feed(exposures).since(0))
  for (const { requestId, items } of await (await store.feed(exposures).at(seq)).read()) {
    if (held.has(requestId)) twice++;
    held.set(requestId, items.join());
  }
const invented = [...held.keys()].filter((id) => !sent.has(id)).length;
const changed = [...answered].filter(([id, { items }]) => held.has(id) && held.get(id) !== items).length;
const byLife = new Map(lives.flat().map((one) => [one.life, one]));
let [lost, oldestMs, tooOld, lostInOrder] = [0, 0, 0, 0];
for (const [id, { life, atMs }] of answered) {
  if (held.has(id)) continue;
  const { killed, killedMs, slowestMs } = byLife.get(life);
  lost++;
  if (!killed) lostInOrder++;
  else {
    oldestMs = Math.max(oldestMs, killedMs - atMs);
    if (killedMs - atMs > syncMs + slowestMs + longestSyncMs) tooOld++;
  }
}
const slowest = Math.max(...lives.flat().map(({ killed, slowestMs }) => (killed ? slowestMs : 0)));
console.log(
  `answered ${answered.size}, held ${held.size}, lost ${lost} in ${processes * kills} kills; the oldest lost was ${oldestMs.toFixed(0)} ms old when its process was killed`,
);
verdict(`${twice} lists twice, ${invented} invented, ${changed} changed`, twice + invented + changed === 0);
verdict(
  `${tooOld} lost that were older than ${syncMs} ms and a sync (observed: ${longestSyncMs.toFixed(0)} ms at most, event loop late by ${slowest.toFixed(0)} ms at most)`,
  tooOld === 0,
);
verdict(`${lostInOrder} lost by processes that were stopped, taken for dead, and ended in order`, lostInOrder === 0);
verdict(`${left.length} files left in the spool`, left.length === 0);
