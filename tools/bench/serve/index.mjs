/**
 * The built service on a real model, beside a bare Fastify app that answers the same schema with a constant: 64 connections, known, unknown and
 * anonymous visitors, in turns.
 *
 *     npm run build && npx attractions run && cd tools/bench/serve && npm ci && cd ../../..
 *     node tools/bench/serve/index.mjs [--feeds ./feeds] [--seconds 20] [--rounds 3] [--connections 64]
 *
 * Prints requests a second, p50, p99 and p99.9 in milliseconds, resident memory, and the ratios of throughput and p99.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { als, openFeeds } from '../../../packages/feeds/dist/index.js';

const { values } = parseArgs({
  options: {
    feeds: { type: 'string', default: './feeds' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
  },
});
const root = resolve(import.meta.dirname, '../../..');
const recommender = join(root, 'packages/recommender/dist');
const folder = mkdtempSync(join(tmpdir(), 'bench-serve-'));

const model = await (await openFeeds(values.feeds).feed(als).latest()).read();
const requests = mixOf(model);
const service = await start([join(recommender, 'cli.js'), '--json'], (line) => JSON.parse(line).url);
writeFileSync(join(folder, 'answer.json'), await (await fetch(service.url + requests[0].path)).text());
const bare = await start(
  [join(import.meta.dirname, 'bare.mjs'), join(folder, 'answer.json'), join(recommender, 'service/schema/answers.js')],
  (line) => line,
);
const sides = { service, bare };
const found = { service: [], bare: [] };
const { seconds, rounds, connections } = values;
console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}; ${connections} connections, ${rounds} x ${seconds} s in turns; ` +
    `model of ${model.userIds.length} users, ${model.attractionIds.length} attractions`,
);
for (const { url } of Object.values(sides)) await drive(url, 3);
for (let round = 0; round < Number(rounds); round++)
  for (const [name, { url }] of Object.entries(sides)) found[name].push(await drive(url, Number(seconds)));
for (const [name, results] of Object.entries(found)) report(name, results, sides[name].child.pid);
console.log(
  `throughput ${ratios(({ requests }) => requests.average)} of the bare one, p99 ${ratios(({ latency }) => latency.p99)} times its`,
);
for (const { child } of Object.values(sides)) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
rmSync(folder, { recursive: true });

/** Half known users, a quarter unknown ones, a quarter strangers known by visits. */
function mixOf({ userIds, attractionIds }) {
  const known = (n) => userIds[(n * 7_919) % userIds.length];
  const list = (user) => ({ path: `/v1/users/${encodeURIComponent(user)}/recommendations` });
  return Array.from({ length: 200 }, (_, n) => {
    if (n % 4 === 1) return list(`stranger-${n}`);
    if (n % 4 !== 3) return list(known(n));
    const visits = [0, 1, 2].map((step) => attractionIds[(n + 13 * step) % attractionIds.length]);
    const headers = { 'content-type': 'application/json' };
    return { method: 'POST', path: '/v1/recommendations', headers, body: JSON.stringify({ visits }) };
  });
}

async function start(args, urlIn) {
  const spool = join(folder, `spool-${args.length}`);
  const env = {
    ...process.env,
    FEEDS_ROOT: resolve(values.feeds),
    EXPOSURE_SPOOL: spool,
    PORT: '0',
    LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk).trim())));
  return { child, url: urlIn(line) };
}

async function drive(url, duration) {
  const result = await autocannon({ url, duration, connections: Number(values.connections), requests });
  if (result.non2xx + result.errors > 0) console.log(`${result.non2xx} answers not 200, ${result.errors} errors`);
  return result;
}

function report(name, results, pid) {
  const of = (pick) => middle(results.map(pick));
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  console.log(
    `${name}: ${of(({ requests }) => requests.average).toFixed(0)} requests/s, p50 ${of(({ latency }) => latency.p50)} ms, ` +
      `p99 ${of(({ latency }) => latency.p99)} ms, p99.9 ${of(({ latency }) => latency.p99_9)} ms, resident ${rss.toFixed(0)} MB`,
  );
}

function middle(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

/** The service's figure over the bare one's, round by round: the middle one, and the spread. */
function ratios(of) {
  const each = found.service.map((result, round) => of(result) / of(found.bare[round]));
  return `${middle(each).toFixed(3)} (${Math.min(...each).toFixed(3)}..${Math.max(...each).toFixed(3)})`;
}
