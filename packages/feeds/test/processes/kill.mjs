// Kills a process that puts, at random moments, and looks at the feed after each: a fresh reader must see the old or the new
// update whole, the chain must hold, what is left lying about must be put right by a
// repair, and the next put must succeed. Prints what it counted as JSON; fails on a violation.
// node kill.mjs KILLS
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { attractions, openFeeds } from '../support/built.mjs';

const kills = Number(process.argv[2] ?? 30);
const MAX_DELAY_MS = 120;
/** After so many kills a new feed is begun: every look reads a feed whole. */
const KILLS_A_FEED = 50;
const victim = fileURLToPath(new URL('put-forever.mjs', import.meta.url));
const producer = { id: 'survivor', package: 'test', version: '0.0.0' };
const violations = [];
let root;
let seen = 0;
let records = 0;
let leftovers = 0;

async function killOne() {
  const child = spawn(process.execPath, [victim, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await delay(Math.random() * MAX_DELAY_MS);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function judge() {
  const feed = openFeeds(root).feed(attractions);
  if (seen === 0 && (await feed.head()) === undefined) return;
  const update = await feed.latest();
  if (update.seq < seen) violations.push(`latest went back from ${seen} to ${update.seq}`);
  const rows = await update.read();
  if (update.record.labels.rows !== String(rows.length))
    violations.push(`update ${update.seq} has ${rows.length} rows`);
  let expected = update.seq;
  for await (const { seq } of feed.history()) if (seq !== expected--) violations.push(`gap at ${expected + 1}`);
  const { findings } = await feed.verify();
  for (const { kind, path, problem } of findings) if (kind === 'broken') violations.push(`${path} ${problem}`);
  leftovers += findings.length;
  await feed.repair({ minAgeMs: 0 });
  for (const { path, problem } of (await feed.verify()).findings) violations.push(`not repaired: ${path} ${problem}`);
  const record = await feed.put([], { producer, labels: { rows: '0' } });
  if (record.seq !== update.seq + 1) violations.push(`the next put was ${record.seq} after ${update.seq}`);
  seen = record.seq;
}

for (let begun = 0; begun < kills; begun += KILLS_A_FEED) {
  root = await mkdtemp(join(tmpdir(), 'feeds-killed-'));
  seen = 0;
  for (let n = begun; n < Math.min(begun + KILLS_A_FEED, kills); n++) {
    await killOne();
    await judge().catch((error) => violations.push(String(error.stack)));
  }
  records += seen;
  await rm(root, { recursive: true });
}
console.log(JSON.stringify({ kills, records, leftovers, violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
