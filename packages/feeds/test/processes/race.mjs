// Several processes put to one feed at once. Every put must be in the log once, without a gap, in an unbroken chain.
// Prints what it counted as JSON; fails on a violation. node race.mjs PROCESSES PUTS [ROOT]: ROOT a place without feeds, such as s3://bucket/race;
// a folder that is removed afterwards where it is not given.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { attractions, openFeeds } from '../support/built.mjs';

const [processes, puts] = [Number(process.argv[2] ?? 4), Number(process.argv[3] ?? 25)];
const given = process.argv[4];
const root = given ?? (await mkdtemp(join(tmpdir(), 'feeds-race-')));
const racer = fileURLToPath(new URL('put-some.mjs', import.meta.url));
const started = performance.now();

const racers = Array.from({ length: processes }, (_, p) =>
  spawn(process.execPath, [racer, root, String(puts), `racer-${p}`], { stdio: ['pipe', 'pipe', 'inherit'] }),
);
await Promise.all(racers.map((child) => once(child.stdout, 'data')));
const exits = Promise.all(racers.map((child) => once(child, 'exit')));
for (const child of racers) child.stdin.end('go\n');
const codes = (await exits).map(([code]) => code);
const seconds = (performance.now() - started) / 1000;

const violations = codes.filter((code) => code !== 0).map((code) => `a racer ended with ${code}`);
const committed = new Set();
let records = 0;
let expected = processes * puts;
for await (const { seq, producer, runId } of openFeeds(root).feed(attractions).history()) {
  records++;
  if (seq !== expected--) violations.push(`seq ${seq} where ${expected + 1} should be`);
  committed.add(`${producer.id} ${runId}`);
}
if (committed.size !== processes * puts) violations.push(`${committed.size} distinct puts in the log`);
if (given === undefined) await rm(root, { recursive: true });
console.log(JSON.stringify({ processes, puts, records, seconds: Number(seconds.toFixed(2)), violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
