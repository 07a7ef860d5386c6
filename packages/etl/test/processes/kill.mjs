// Kills the built etl command at random moments, and looks at its feeds after each: a fresh reader must read the latest visits, whole, with
// the attractions that they name; and a run that is left alone must succeed. Prints what it counted as JSON; fails on a violation.
// node kill.mjs KILLS RAW_DATA_PATH
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { attractions, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';

const kills = Number(process.argv[2] ?? 12);
const raw = process.argv[3];
const root = await mkdtemp(join(tmpdir(), 'etl-killed-'));
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const violations = [];
let updates = 0;
let started = 0;

function start() {
  // Another setting each time, so that there is something to do.
  const gap = String(8 + started++ / 1_000);
  const env = { ...process.env, RAW_DATA_PATH: raw, FEEDS_ROOT: root, LOG_LEVEL: 'silent', SEQUENCE_GAP_HOURS: gap };
  return spawn(process.execPath, [cli, '--json'], { env, stdio: 'ignore' });
}

async function wholeRun() {
  const begin = performance.now();
  const [code] = await once(start(), 'exit');
  if (code !== 0) violations.push(`a run left alone exited with ${code}`);
  return performance.now() - begin;
}

async function judge() {
  const store = openFeeds(root);
  const head = await store.feed(visits).head();
  if (head === undefined) return;
  if (head.seq < updates) violations.push(`latest went back from ${updates} to ${head.seq}`);
  updates = head.seq;
  const update = await store.feed(visits).latest();
  const table = await update.read();
  if (table.numRows !== head.totals.rows) violations.push(`update ${head.seq} has ${table.numRows} rows`);
  const parent = head.parents.find(({ feed }) => feed === attractions.path);
  const named = await store.feed(attractions).at(parent.seq);
  if (parentOf(named.record).sha256 !== parent.sha256) violations.push(`update ${head.seq} names another parent`);
  await named.read();
}

try {
  const runMs = await wholeRun();
  for (let n = 0; n < kills; n++) {
    const child = start();
    const exit = once(child, 'exit');
    await delay(Math.random() * runMs * 1.1);
    child.kill('SIGKILL');
    await exit;
    await judge().catch((error) => violations.push(String(error.stack)));
  }
  await wholeRun();
  await judge();
} finally {
  await rm(root, { recursive: true, force: true });
}
console.log(JSON.stringify({ kills, updates, violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
