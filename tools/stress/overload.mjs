/**
 * Ten times the capacity: measures how many batches of lists a second the service can answer, then sends ten times as many. Every answer must be 200, 200
 * degraded, or 503 with Retry-After; resident memory must stay bounded; within 5 s after the end the p99 must be as before. Needs the built packages (`npx nx
 * run-many -t build`); takes about 90 seconds.
 *
 *     node tools/stress/overload.mjs [--seconds 60] [--times 10] [--connections 1000] [--batch 100]
 *
 * A batch is one request for the lists of many users, so that a client on the same machine can send ten times as much as the service can answer. A request
 * waits in the client while all connections are busy; requests that could never be sent are counted separately.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clientOf, keepBusy, latencies, quantile, requestOf } from './client.mjs';
import { machine, putEdition, residentMb, scratchFeeds, startService, userIdOf, verdict } from './service.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    times: { type: 'string', default: '10' },
    connections: { type: 'string', default: '1000' },
    batch: { type: 'string', default: '100' },
  },
});
const [seconds, times, connections, batch] = ['seconds', 'times', 'connections', 'batch'].map((name) =>
  Number(values[name]),
);

const { folder, store } = scratchFeeds();
await putEdition(store, 1, { items: 20_000, rank: 64 });
const service = await startService(folder, { LOG_EXPOSURES: 'false' });
const batches = Array.from({ length: 50 }, (_, n) => {
  const users = Array.from({ length: batch }, (_, k) => userIdOf((n * 37 + k) % 2_000));
  return requestOf({ method: 'POST', path: '/v1/recommendations', body: JSON.stringify({ users, limit: 10 }) });
});
const single = requestOf({ path: `/v1/users/${userIdOf(7)}/recommendations` });

/** One at a time, calm: the p99 of a single list. */
async function calmly(forMs) {
  const client = clientOf(service.url);
  const found = [];
  for (const endMs = performance.now() + forMs; performance.now() < endMs; await sleep(5)) {
    const { ms, status } = await client.ask(single);
    found.push(status === 200 ? ms : Infinity);
  }
  client.close();
  return found;
}

await calmly(1_000);
const rest = await calmly(5_000);
let whole = 0;
const capacityEndMs = performance.now() + 5_000;
await keepBusy({
  url: service.url,
  connections: 2,
  done: () => performance.now() > capacityEndMs,
  request: (_, n) => batches[n % batches.length],
  told: ({ status }) => void (whole += status === 200 ? 1 : 0),
});
const capacity = whole / 5;
const before = residentMb(service.pid);
console.log(
  `${machine}; capacity ${capacity.toFixed(0)} batches of ${batch} lists a second; now ${(times * capacity).toFixed(0)} a second for ${seconds} s`,
);

const kinds = {};
const ms = [];
let odd = 0;
let peakMb = before;
let [planned, unsent] = [0, 0];
const idle = Array.from({ length: connections }, () => clientOf(service.url));
const clients = [...idle];
const startMs = performance.now();
const watch = setInterval(() => (peakMb = Math.max(peakMb, residentMb(service.pid))), 200);
const pending = new Set();
while (performance.now() - startMs < seconds * 1_000) {
  const due = Math.floor(((performance.now() - startMs) / 1_000) * capacity * times);
  for (; planned < due; planned++) {
    const client = idle.pop();
    if (client === undefined) unsent++;
    else pending.add(send(client, batches[planned % batches.length]));
  }
  await sleep(2);
}
const endMs = performance.now();
await Promise.all(pending);
clearInterval(watch);
for (const client of clients) client.close();

async function send(client, request) {
  const answer = await client.ask(request);
  const kind = kindOf(answer);
  kinds[kind] = (kinds[kind] ?? 0) + 1;
  if (kind.startsWith('other')) odd++;
  else ms.push(answer.ms);
  idle.push(client);
}

function kindOf({ failed, status, headers, text }) {
  if (failed !== undefined) return `other: ${failed}`;
  if (status === 503 && headers['retry-after'] !== undefined) return '503 with Retry-After';
  if (status !== 200) return `other: status ${status}`;
  return text.includes('"degraded":true') ? '200 degraded' : '200';
}

// Second after second until one is as it was.
const p99Rest = quantile(rest, 0.99);
const bound = 2 * p99Rest;
let recoveredS;
for (let second = 1; second <= 10; second++) {
  const p99 = quantile(await calmly(1_000), 0.99);
  console.log(`second ${second} after: p99 ${p99.toFixed(2)} ms`);
  if (p99 <= bound) {
    recoveredS = (performance.now() - endMs) / 1_000;
    break;
  }
}
console.log(`at rest: ${latencies(rest)}; under load: ${latencies(ms)}`);
console.log(
  `${planned} planned, ${unsent} never sent since all ${connections} connections waited; answers: ${JSON.stringify(kinds)}`,
);
console.log(`resident ${before.toFixed(0)} MB before, ${peakMb.toFixed(0)} MB at most`);
verdict(`every answer was 200, degraded, or 503 with Retry-After: ${odd} were not`, odd === 0);
verdict(`memory grew by ${(peakMb - before).toFixed(0)} MB (at most 300)`, peakMb - before <= 300);
verdict(
  `p99 at most twice that at rest ${recoveredS === undefined ? 'never again' : `${recoveredS.toFixed(1)} s after the end`} (at most 5 s)`,
  recoveredS !== undefined && recoveredS <= 5,
);
service.kill('SIGTERM');
await service.ended;
