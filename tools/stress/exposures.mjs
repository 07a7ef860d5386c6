/**
 * Lists shown by a service that is killed (SIGKILL) at random moments, again and again on the same spool: what the feed holds after the last restart, against
 * what the clients were answered. No list twice, none invented, none changed, and lost at most what was shown within EXPOSURE_SYNC_MS before a kill, plus
 * the sync itself. Needs the built packages (`npx nx run-many -t build`); takes about two minutes.
 *
 *     node tools/stress/exposures.mjs [--lists 100000] [--kills 20] [--sync-ms 200] [--connections 16]
 *
 * Prints lists answered, held and lost, and the age of the oldest lost one when its process was killed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keepBusy, requestOf } from './client.mjs';
import { exposures, machine, putEdition, scratchFeeds, startService, userIdOf, verdict } from './service.mjs';

const { values } = parseArgs({
  options: {
    lists: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '20' },
    'sync-ms': { type: 'string', default: '200' },
    connections: { type: 'string', default: '16' },
  },
});
const [lists, kills, syncMs, connections] = ['lists', 'kills', 'sync-ms', 'connections'].map((name) =>
  Number(values[name]),
);
/** What a sync of a busy disk may take on top of the interval. */
const SYNC_TAKES_MS = 100;
console.log(
  `${machine}; ${lists} lists, ${kills} kills at random moments, a sync each ${syncMs} ms, ${connections} connections`,
);

const { folder, store } = scratchFeeds();
await putEdition(store, 1, { users: 500, items: 200 });
const settings = { EXPOSURE_SYNC_MS: String(syncMs), EXPOSURE_COMMIT_SECONDS: '1' };

const sent = new Set();
const answered = new Map();
for (let life = 0; life < kills; life++) {
  const service = await startService(folder, settings);
  const due = Math.ceil((lists * (life + 1)) / kills);
  let killedMs;
  const busy = keepBusy({
    url: service.url,
    connections,
    done: () => killedMs !== undefined,
    request(connection, n) {
      const id = `${life}.${connection}.${n}`;
      sent.add(id);
      return requestOf({ path: `/v1/users/${userIdOf(n % 500)}/recommendations`, headers: { 'x-request-id': id } });
    },
    told(answer) {
      if (answer.status !== 200) return;
      const items = JSON.parse(answer.text).recommendations.map(({ attractionId }) => attractionId);
      answered.set(answer.headers['x-request-id'], { items: items.join(), life, atMs: performance.now() });
    },
  });
  while (answered.size < due) await sleep(5);
  await sleep(Math.random() * 3 * syncMs);
  // What is in flight ends with the process; its answers, if any came, count too.
  service.kill('SIGKILL');
  killedMs = performance.now();
  await service.ended;
  await busy;
  for (const one of answered.values()) if (one.life === life) one.ageMs = killedMs - one.atMs;
}
const last = await startService(folder, settings);
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
const lost = [...answered].filter(([id]) => !held.has(id)).map(([, { ageMs }]) => ageMs);
const oldestMs = Math.max(0, ...lost);
console.log(
  `answered ${answered.size}, held ${held.size}, lost ${lost.length}; the oldest lost was ${oldestMs.toFixed(0)} ms old when its process was killed`,
);
verdict(`${twice} lists twice, ${invented} invented, ${changed} changed`, twice + invented + changed === 0);
verdict(
  `lost at most ${oldestMs.toFixed(0)} ms before a kill (stated: ${syncMs} ms and the sync, here ${SYNC_TAKES_MS} ms at most)`,
  oldestMs <= syncMs + SYNC_TAKES_MS,
);
