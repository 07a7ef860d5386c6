/**
 * `attractions etl` that reads only a new file of visits, killed at random moments and at its system calls, night after night on the same feeds. After each kill the
 * feeds verify, and the latest visits are those of the night before or of this night; after the next whole run they are what all files come to when read
 * at once, row for row; after a repair no file is left that no record names. Needs the built packages (`npx nx run-many -t build`); for system calls Linux and strace.
 *
 *     node tools/stress/increments.mjs [--kills 30] [--calls] [--stride 1] [--feeds s3://bucket/empty?path-style=true]
 *
 * `--kills`: so many kills at random moments. `--calls`: also one kill at each call that syncs, links, renames, removes or makes a folder, or at each `--stride`th. `--feeds`:
 * where the feeds are, such as an empty root in a bucket of the server that `tools/ceph/start.sh` starts; default: a temporary folder. Prints what was counted.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLogger } from '../../packages/config/dist/index.js';
import { attractions, rejects, writtenVisits } from '../../packages/contracts/dist/index.js';
import { runEtl } from '../../packages/etl/dist/index.js';
import { openFeeds } from '../../packages/feeds/dist/index.js';
import { killedAfter, killedAtCall } from './kills.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    calls: { type: 'boolean', default: false },
    stride: { type: 'string', default: '1' },
    feeds: { type: 'string' },
  },
});
const HOUR_MS = 3_600_000;
const settings = { maxRejectShare: 0.5, sequenceGapHours: 8, etlMemoryMb: 256 };
const scratch = await mkdtemp(join(tmpdir(), 'attractions-increments-'));
const root = values.feeds ?? join(scratch, 'feeds');
const config = join(scratch, 'attractions.config.json');
const columns = { user: 'user', attraction: 'item', time: 'ts' };
const sources = { visits: { type: 'csv', files: 'events/*.csv', columns } };
const argv = [
  join(import.meta.dirname, '../../packages/pipeline/bin/attractions.js'),
  'etl',
  '--json',
  '--config',
  config,
];
const env = {
  ...process.env,
  FEEDS_ROOT: root,
  FORCE_COLOR: '0',
  LOG_LEVEL: 'silent',
  MAX_REJECT_SHARE: String(settings.maxRejectShare),
  SEQUENCE_GAP_HOURS: String(settings.sequenceGapHours),
  UV_THREADPOOL_SIZE: '1',
};
const counts = { nights: 0, random: 0, atCalls: 0, committed: 0, leftOver: 0, rows: 0, files: 0 };
const violations = [];

/**
 * The file of a night: six of 13 visitors with three lines each, a new one, and a line that cannot be read. Every second night is six hours after the one before, less
 * than the gap that ends a visit, so that some visits become longer; the others are days later and change no file.
 */
async function writeNight(n) {
  const startMs = Date.UTC(2026, 0, 1) + Math.floor(n / 2) * 48 * HOUR_MS + (n % 2) * 6 * HOUR_MS;
  const users = [...Array.from({ length: 6 }, (_, i) => `user-${(Math.floor(n / 2) * 5 + i * 2) % 13}`), `new-${n}`];
  const lines = users.flatMap((user, u) =>
    Array.from({ length: 3 }, (_, i) => {
      const time = new Date(startMs + (u + i * 7) * 600_000);
      return `${user},ride-${(u + i * i) % 5},${time.toISOString()}`;
    }),
  );
  const file = join(scratch, `events/${String(n).padStart(4, '0')}.csv`);
  await writeFile(file, ['user,item,ts', ...lines, `user-0,ride-1,noon`, ''].join('\n'));
  // A file that was written just now might still change, so the next run would read all.
  const before = new Date(Date.now() - HOUR_MS);
  await utimes(file, before, before);
}

/** All rows of the latest visits, and what belongs to them. */
async function contentOf(store) {
  const update = await store.feed(writtenVisits).latest();
  const table = await update.read();
  const rows = table.toArray().map((row) => {
    const { ended_at: ended = null, ...others } = row.toJSON();
    return JSON.stringify({ ...others, ended }, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  });
  const parent = async (contract) => {
    const { seq } = update.record.parents.find(({ feed }) => feed === contract.path);
    return (await store.feed(contract).at(seq)).read();
  };
  return JSON.stringify([rows.sort(), await parent(attractions), await parent(rejects)]);
}

/** What all files come to when they are read at once. */
async function rebuilt() {
  const store = openFeeds('memory:');
  const logger = createLogger({ level: 'silent' });
  await runEtl(settings, { store, logger, from: sources, baseFolder: scratch, full: true });
  return contentOf(store);
}

async function findings(store) {
  const found = [];
  for (const path of await store.list())
    found.push(...(await store.log(path).verify()).findings.map((each) => ({ ...each, feed: path })));
  return found;
}

function whole() {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`exit ${status}: ${stdout}${stderr}`);
  return { ms: performance.now() - begin, ...JSON.parse(stdout) };
}

let last = '';

/** One night: a new file, a killed run and its judgement, a whole run and its judgement. */
async function night(where, kill) {
  await writeNight(++counts.nights);
  const next = await rebuilt();
  const isKilled = await kill();
  const broken = (problem) => violations.push(`night ${counts.nights}, ${where}: ${problem}`);
  try {
    for (const { kind, path, problem } of await findings(openFeeds(root)))
      if (kind === 'broken') broken(`${path} ${problem}`);
    const found = await contentOf(openFeeds(root));
    if (found !== last && found !== next) broken('the latest visits are those of no night');
    if (isKilled && found === next) counts.committed++;

    const { read } = whole();
    if (read !== (found === next ? 'nothing' : 'new')) broken(`the next run read ${read}`);
    const store = openFeeds(root);
    if ((await contentOf(store)) !== next) broken('the visits are not those of a full rebuild');
    for (const path of await store.list())
      counts.leftOver += (await store.log(path).repair({ minAgeMs: 0 })).removed.length;
    for (const { path, problem } of await findings(store)) broken(`after a repair ${path} ${problem}`);
    if ((await contentOf(openFeeds(root))) !== next) broken('a repair has changed the visits');
  } catch (error) {
    broken(error.stack);
  }
  last = next;
  if (violations.length > 0) console.error(violations.at(-1));
  return isKilled;
}

try {
  await mkdir(join(scratch, 'events'));
  await writeFile(config, JSON.stringify({ sources }));
  await writeNight(0);
  whole();
  last = await rebuilt();
  let spanMs = 0;
  await night('not killed', async () => {
    spanMs = whole().ms;
    return false;
  });
  for (let n = 0; n < Number(values.kills); n++) {
    const moment = Math.random() * spanMs;
    if (await night(`killed after ${moment.toFixed(0)} ms`, () => killedAfter(moment, argv, env))) counts.random++;
  }
  for (let n = 1, isKilled = values.calls; isKilled; n += Number(values.stride)) {
    isKilled = await night(`killed at call ${n}`, async () => killedAtCall(n, argv, env));
    if (isKilled) counts.atCalls++;
  }
  const { record } = await openFeeds(root).feed(writtenVisits).latest();
  Object.assign(counts, { rows: record.totals.rows, files: record.files.length });
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(JSON.stringify({ ...counts, violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
