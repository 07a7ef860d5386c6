/**
 * Compares the built service with a bare Fastify app that receives and sends the same bytes (`bare.mjs`), in turns, over 64 connections, with three kinds of
 * request:
 *
 * - remembered: `GET` by user id, of 200 users, so that every list but the first of each is in the cache;
 * - new: `GET` by user id, of all users in turn, more of them than the cache holds, and as many unknown ids;
 * - moment: `POST` with a park, a time and 3 to 8 visits of the hours before, half of them of a known user; no two are alike, and none is cached.
 *
 *     npm run build && node tools/bench/serve/index.mjs [--feeds DIR] [--seconds 10] [--rounds 5] [--connections 64] [--profile DIR]
 *
 * Without `--feeds` the model is that of `tools/bench/load` (200,000 users, 500 attractions in 10 parks), which is made first. Prints requests a second, p50
 * and p99, the processor time of the server for each request (of all its threads; Linux), and round by round the ratios to the bare app: the middle one, and
 * the spread. `--profile` writes a CPU profile of the service.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { als, attractions } from '../../../packages/contracts/dist/index.js';
import { feedsIn, generator } from '../load/data.mjs';
import { drive, requestOf } from './drive.mjs';

const { values } = parseArgs({
  options: {
    feeds: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    profile: { type: 'string' },
  },
});
const [seconds, rounds, connections] = ['seconds', 'rounds', 'connections'].map((name) => Number(values[name]));
const root = resolve(import.meta.dirname, '../../..');
const built = join(root, 'packages/service/dist');
const folder = mkdtempSync(join(tmpdir(), 'bench-serve-'));
const feeds = resolve(values.feeds ?? join(folder, 'feeds'));
mkdirSync(feeds, { recursive: true });
/** Different moments. Long before the client is through all of them again, the cache would have forgotten the first. */
const MOMENTS = 50_000;

const store = await feedsIn(feeds, { users: 200_000, rows: 5_000_000, items: 500, rank: 64 }, console.log);
const { userIds, rank } = await (await store.feed(als).latest()).read();
const places = await (await store.feed(attractions).latest()).read();
const cachedLists = Math.min(10_000, Math.floor(userIds.length / 4));
const ways = { remembered: remembered(), new: neverAsked(), moment: moments() };

const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];
const service = await start([...profiling, join(built, 'cli.js'), '--json'], (line) => JSON.parse(line).url);
const answers = { get: await answerTo(ways.remembered()), post: await answerTo(ways.moment()) };
writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
const bare = await start(
  [join(import.meta.dirname, 'bare.mjs'), join(folder, 'answers.json'), join(built, 'schema/answers.js')],
  (line) => line,
);
const sides = { bare, service };
console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(1)}; ${connections} connections, ${rounds} x ${seconds} s in turns; ` +
    `${userIds.length} users, ${places.length} attractions, rank ${rank}, ${cachedLists} lists remembered`,
);
for (const [way, next] of Object.entries(ways)) {
  for (const { url } of Object.values(sides)) await drive(url, { seconds: 3, connections, next });
  const found = { bare: [], service: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? ['bare', 'service'] : ['service', 'bare'])
      found[name].push(await one(name, next));
  for (const [name, results] of Object.entries(found)) report(`${way}, ${name}`, results);
  const ratio = (of) => spread(found.service.map((result, round) => of(result) / of(found.bare[round])));
  console.log(
    `${way}: throughput ${ratio(({ perSecond }) => perSecond)} of the bare one, p99 ${ratio(({ p99 }) => p99)} times its, ` +
      `processor time ${ratio(({ processorUs }) => processorUs)} times its`,
  );
}
for (const { child } of Object.values(sides)) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
rmSync(folder, { recursive: true });

function remembered() {
  const requests = Array.from({ length: 200 }, (_, n) => listOf(userIds[(n * 7_919) % userIds.length]));
  return inTurn((n) => requests[n % requests.length]);
}

function neverAsked() {
  const known = userIds.map(listOf);
  return inTurn((n) => (n % 2 === 0 ? known[(n / 2) % known.length] : listOf(`nobody-${n}`)));
}

/** A day in a park, somewhere in its middle. */
function moments() {
  const next = generator(7);
  const among = (list) => list[Math.floor(next() * list.length)];
  const byPark = byParkOf(places);
  const clock = (ms) => new Date(ms).toISOString().slice(0, -1);
  const requests = Array.from({ length: MOMENTS }, () => {
    const park = among([...byPark.keys()]);
    const at = Date.UTC(2025, 5, 1 + Math.floor(next() * 28), 11, 0, 0, Math.floor(next() * 6 * 3_600_000));
    const visits = Array.from({ length: 3 + Math.floor(next() * 6) }, () => ({
      attractionId: among(byPark.get(park)).attractionId,
      visitedAt: clock(at - Math.floor(next() * 3 * 3_600_000)),
    })).sort((a, b) => (a.visitedAt < b.visitedAt ? -1 : 1));
    const userId = next() < 0.5 ? { userId: among(userIds) } : {};
    const body = JSON.stringify({ ...userId, park, at: clock(at), visits, limit: 10 });
    return requestOf({ method: 'POST', path: '/v1/recommendations', body });
  });
  return inTurn((n) => requests[n % requests.length]);
}

function byParkOf(list) {
  const groups = new Map();
  for (const one of list) groups.set(one.park, [...(groups.get(one.park) ?? []), one]);
  return groups;
}

function listOf(userId) {
  return requestOf({ path: `/v1/users/${encodeURIComponent(userId)}/recommendations` });
}

function inTurn(request) {
  let count = 0;
  return () => request(count++);
}

async function answerTo(bytes) {
  const [head, body] = bytes.toString().split('\r\n\r\n');
  const [method, path] = head.split(' ');
  const headers = method === 'POST' ? { 'content-type': 'application/json' } : {};
  const response = await fetch(service.url + path, { method, headers, ...(body && { body }) });
  return response.json();
}

async function start(args, urlIn) {
  const env = {
    ...process.env,
    FEEDS_ROOT: feeds,
    EXPOSURE_SPOOL: join(folder, 'spool'),
    EXPOSURE_COMMIT_SECONDS: '3600',
    CACHED_LISTS: String(cachedLists),
    PORT: '0',
    LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { child, url: urlIn(String(line).trim()) };
}

async function one(name, next) {
  const { child, url } = sides[name];
  const beforeUs = processorUs(child.pid);
  const { perSecond, tookMs, failed } = await drive(url, { seconds, connections, next });
  if (failed > 0) console.log(`${name}: ${failed} answers not 200`);
  const at = (share) => tookMs[Math.min(tookMs.length - 1, Math.floor(share * tookMs.length))];
  return { perSecond, p50: at(0.5), p99: at(0.99), processorUs: (processorUs(child.pid) - beforeUs) / tookMs.length };
}

/** Of all threads, by Linux's count of hundredths of a second. */
function processorUs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return 10_000 * (Number(fields[11]) + Number(fields[12]));
}

function report(name, results) {
  const of = (pick) => middle(results.map(pick));
  console.log(
    `${name}: ${of(({ perSecond }) => perSecond).toFixed(0)} requests/s, p50 ${of(({ p50 }) => p50).toFixed(1)} ms, ` +
      `p99 ${of(({ p99 }) => p99).toFixed(1)} ms, ${of(({ processorUs }) => processorUs).toFixed(0)} us of processor a request`,
  );
}

function middle(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

function spread(numbers) {
  return `${middle(numbers).toFixed(2)} (${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)})`;
}
