/**
 * Events under load beside recommendations, while the service is killed (SIGKILL) at random moments and started again. Clients send each batch until it is
 * acknowledged, and some of them once more; a share of the events is late. Then the feed is compared with what was acknowledged: no event lost, none twice,
 * none invented. First the same load of recommendations with the same kills runs without events: their p99 is compared. With `--services 2` or more, services
 * on the same feeds have a spool each, and a client that gets no answer from one sends the batch to another. Needs the built packages (`npx nx run-many -t
 * build`); takes about two and a half minutes.
 *
 *     node tools/stress/events.mjs [--seconds 60] [--events 5000] [--kills 10] [--services 1] [--batch 50] [--times 1.5]
 *
 * `--events` a second. `--times 0`: the p99 is printed, and not judged.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clientOf, latencies, quantile, requestOf } from './client.mjs';
import {
  events,
  machine,
  putEdition,
  residentMb,
  scratchFeeds,
  startService,
  streamed,
  userIdOf,
  verdict,
} from './service.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    events: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '10' },
    services: { type: 'string', default: '1' },
    batch: { type: 'string', default: '50' },
    times: { type: 'string', default: '1.5' },
  },
});
const [seconds, perSecond, kills, count, batchSize, times] = [
  'seconds',
  'events',
  'kills',
  'services',
  'batch',
  'times',
].map((name) => Number(values[name]));

/** Connections for events and for recommendations. */
const [SENDERS, VISITORS] = [16, 4];
/** A visitor asks, and waits for so long on average. */
const PAUSE_MS = 10;

console.log(
  `${machine}, load ${loadavg()[0].toFixed(1)}; ${seconds} s, ${perSecond} events a second in batches of ${batchSize}, ${count} services, ${kills} kills`,
);

const calm = await load({ perSecond: 0 });
const busy = await load({ perSecond });
console.log(`recommendations without events: ${latencies(calm.ms)}; with: ${latencies(busy.ms)}`);
const ratio = quantile(busy.ms, 0.99) / quantile(calm.ms, 0.99);
if (times > 0) verdict(`p99 with events is ${ratio.toFixed(2)} times that without`, ratio <= times);
else console.log(`p99 with events is ${ratio.toFixed(2)} times that without`);

/** Runs services under load for some seconds, and checks the feed. Gives the latencies of recommendations. */
async function load({ perSecond }) {
  const { folder, store } = scratchFeeds();
  await putEdition(store, 1, { users: 2_000, items: 1_000 });
  const spools = Array.from({ length: count }, (_, n) => join(folder, `_events-${n}`));
  const start = (n) =>
    startService(folder, { EVENT_SPOOL: spools[n], EVENT_COMMIT_SECONDS: '2', EXPOSURE_COMMIT_SECONDS: '2' });
  const services = await Promise.all(spools.map((_, n) => start(n)));
  let [isOver, made, sends, refused, largestMb] = [false, 0, 0, 0, 0];
  const acknowledged = new Set();
  const queue = [];
  const startMs = performance.now();
  const elapsedS = () => (performance.now() - startMs) / 1_000;

  const bodyOf = (first) => {
    const at = first % 20 === 0 ? { at: new Date(Date.now() - 3 * 86_400_000).toISOString() } : {};
    const own = (n) => ({ eventId: `e-${first + n}`, userId: userIdOf((first + n) % 2_000), type: 'view', ...at });
    return JSON.stringify({ events: Array.from({ length: batchSize }, (_, n) => own(n)) });
  };
  const making = (async () => {
    while (elapsedS() < seconds) {
      for (; made < elapsedS() * perSecond; made += batchSize) queue.push(made);
      await sleep(10);
    }
    isOver = true;
  })();
  const sending = Array.from({ length: perSecond > 0 ? SENDERS : 0 }, async (_, sender) => {
    const clients = new Map();
    while (!isOver || queue.length > 0) {
      const first = queue.shift();
      if (first === undefined) {
        await sleep(5);
        continue;
      }
      const body = bodyOf(first);
      const again = first % (50 * batchSize) === 0 ? 2 : 1;
      for (let answered = 0, n = sender; answered < again; n++) {
        const { url } = services[n % count];
        if (!clients.has(url)) clients.set(url, clientOf(url));
        const answer = await clients.get(url).ask(requestOf({ method: 'POST', path: '/v1/events', body }));
        sends++;
        if (answer.status === 202) {
          answered++;
          for (let k = 0; k < batchSize; k++) acknowledged.add(first + k);
        } else if (answer.status === undefined || answer.status === 503) {
          refused++;
          await sleep(50);
        } else throw new Error(`${answer.status} ${answer.text}`);
      }
    }
    for (const client of clients.values()) client.close();
  });
  const ms = [];
  const visiting = Array.from({ length: VISITORS }, async (_, visitor) => {
    let [client, url] = [];
    for (let n = 0; !isOver; n++) {
      const now = services[visitor % count].url;
      if (now !== url) {
        client?.close();
        [client, url] = [clientOf(now), now];
      }
      const path = `/v1/users/${userIdOf((visitor * 997 + n) % 2_000)}/recommendations`;
      const answer = await client.ask(requestOf({ path }));
      if (answer.status === 200) ms.push(answer.ms);
      await sleep(2 * PAUSE_MS * Math.random());
    }
    client?.close();
  });
  const killing = (async () => {
    for (let kill = 0; kill < kills; kill++) {
      const dueS = ((kill + 0.5 + 0.8 * (Math.random() - 0.5)) * seconds) / kills;
      await sleep(Math.max(0, (dueS - elapsedS()) * 1_000));
      const n = kill % count;
      largestMb = Math.max(largestMb, residentMb(services[n].pid));
      services[n].kill('SIGKILL');
      await services[n].ended;
      services[n] = await start(n);
    }
  })();
  await Promise.all([making, killing, ...sending, ...visiting]);
  largestMb = Math.max(largestMb, ...services.map(({ pid }) => residentMb(pid)));
  const batches = () =>
    spools.flatMap((spool) => (existsSync(spool) ? readdirSync(spool) : [])).filter((name) => !name.startsWith('_'));
  const endMs = performance.now();
  while (batches().length > 0 && performance.now() - endMs < 60_000) await sleep(100);
  for (const service of services) service.kill('SIGTERM');
  await Promise.all(services.map(({ ended }) => ended));
  if (perSecond === 0) return { ms };

  const found = new Map();
  const feed = store.feed(streamed(events, { columns: ['event_id'] }));
  let updates = 0;
  for await (const { seq } of feed.since(0)) {
    updates++;
    for await (const batch of await (await feed.at(seq)).read())
      for (const id of batch.getChild('event_id')) found.set(id, (found.get(id) ?? 0) + 1);
  }
  const twice = [...found.values()].filter((n) => n > 1).length;
  const lost = [...acknowledged].filter((n) => !found.has(`e-${n}`)).length;
  const invented = [...found.keys()].filter((id) => !(Number(id.slice(2)) < made)).length;
  console.log(
    `${made} events in ${sends} requests, ${refused} of them without an answer or 503; ${acknowledged.size} acknowledged, ${found.size} in ${updates} updates of the feed; at most ${largestMb.toFixed(0)} MB`,
  );
  verdict(
    `${lost} acknowledged events lost, ${made - acknowledged.size} never acknowledged`,
    lost === 0 && made === acknowledged.size,
  );
  verdict(`${twice} events twice in the feed, ${invented} that nobody sent`, twice + invented === 0);
  verdict(`${batches().length} batches left in the spools`, batches().length === 0);
  return { ms };
}
