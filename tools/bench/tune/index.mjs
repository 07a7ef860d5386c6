/**
 * How much faster two workers of `attractions tune` are than one, interleaved; and whether a search that is killed at random moments continues without
 * repeating a trial. Needs a build; run it on a quiet machine.
 *
 *     node tools/bench/tune/index.mjs [--rounds 7] [--kills 20]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { trials } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

const BIN = join(import.meta.dirname, '../../../packages/pipeline/bin/attractions.js');
const options = { rounds: { type: 'string', default: '7' }, kills: { type: 'string', default: '20' } };
const { rounds, kills } = parseArgs({ options }).values;
const folder = mkdtempSync(join(tmpdir(), 'bench-tune-'));
const files = writePairs(folder);

try {
  console.log(
    `node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model}; 3,000 users, 800 items`,
  );
  await compare(Number(rounds));
  await killAgainAndAgain(Number(kills));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Each round runs both, in turn the one and the other first. */
async function compare(rounds) {
  const times = { 1: [], 2: [] };
  for (let round = 0; round < rounds; round++)
    for (const workers of round % 2 === 0 ? [1, 2] : [2, 1]) {
      const begin = performance.now();
      const exitCode = await exited(start(`feeds-${round}-${workers}`, workers));
      if (exitCode !== 0) throw new Error(`tune with ${workers} workers exits with ${exitCode}.`);
      times[workers].push((performance.now() - begin) / 1000);
    }
  const ratios = times[1].map((one, round) => times[2][round] / one);
  for (const workers of [1, 2]) console.log(`${workers} workers: ${inWords(times[workers], 's')}`);
  console.log(`two to one: ${inWords(ratios, '')}; the aim is at most .6`);
}

/** Kills after a random part of the time that one run takes. */
async function killAgainAndAgain(kills) {
  const begin = performance.now();
  await exited(start('whole', 2));
  const whole = performance.now() - begin;
  const whenMs = Array.from({ length: kills }, (_, n) => (whole * (((n + 1) * 0.618_034) % 1)) / 4);
  for (const ms of whenMs) {
    const child = start('killed', 2);
    const gone = exited(child);
    await Promise.race([after(ms), gone]);
    child.kill('SIGKILL');
    await gone;
  }
  if ((await exited(start('killed', 2))) !== 0) throw new Error('The search does not go on after it was killed.');
  const [killed, expected] = [await keysIn('killed'), await keysIn('whole')];
  const repeated = killed.length - new Set(killed).size;
  const missing = expected.filter((key) => !killed.includes(key)).length;
  console.log(
    `killed ${kills} times: ${killed.length} trials, ${repeated} repeated, ${missing} missing of ${expected.length}`,
  );
}

function start(feeds, workers) {
  const argv = [BIN, 'tune', '--train', files.train, '--test', files.test, '--workers', String(workers)];
  const env = { ...process.env, FEEDS_ROOT: join(folder, feeds), LOG_LEVEL: 'error' };
  return spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function exited(child) {
  const [exitCode] = await once(child, 'exit');
  return exitCode;
}

async function keysIn(feeds) {
  const feed = openFeeds(join(folder, feeds)).feed(trials);
  const keys = [];
  for await (const { seq } of feed.history()) keys.push((await (await feed.at(seq)).read()).key);
  return keys;
}

function inWords(values, unit) {
  const sorted = values.toSorted((a, b) => a - b);
  const [median] = sorted.slice(Math.floor(sorted.length / 2));
  return `median ${median.toFixed(2)} ${unit} (${sorted[0].toFixed(2)} to ${sorted.at(-1).toFixed(2)})`.replace(
    '  ',
    ' ',
  );
}

/** Sixteen tastes; a user takes 30 of one taste's 50 items. */
function writePairs(folder) {
  const lists = Array.from({ length: 3000 }, (_, user) =>
    Array.from({ length: 30 }, (_, n) => ((n * 17 + user * 31) % 50) * 16 + (user % 16)),
  );
  const paths = { train: join(folder, 'train.txt'), test: join(folder, 'test.txt') };
  const lines = (part) => lists.map((list, user) => [user, ...part([...new Set(list)])].join(' ')).join('\n');
  writeFileSync(
    paths.train,
    lines((list) => list.slice(6)),
  );
  writeFileSync(
    paths.test,
    lines((list) => list.slice(0, 6)),
  );
  return paths;
}
