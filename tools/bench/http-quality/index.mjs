/**
 * The quality of the lists that a client gets: trains on the training visits of `attractions evaluate`, starts the service, and sends every request of the
 * split over HTTP. With the same requests as in the evaluation, the lists must equal those of the line "as served" of the report, case by case. Also measures
 * requests that say less.
 *
 *     npx nx run-many -t build && node tools/bench/http-quality/index.mjs [--raw ../shared/data/sigir17]
 *
 * Exits with 1 if a list differs, and with 0 and a reason if the raw data are missing. Takes about 20 seconds for 116,000 photos.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  recommendationRequestOf,
  evaluate,
  judge,
  lastNewAttraction,
  latestSubject,
  visitLogOf,
  visitsTableOf,
} from '../../../packages/evaluation/dist/index.js';
import { attractions, visits } from '../../../packages/contracts/dist/index.js';
import { openFeeds, parentOf } from '../../../packages/feeds/dist/index.js';
import { servedContender } from '../../../packages/pipeline/dist/contenders/asked.js';
import { usualKinds } from '../../../packages/pipeline/dist/training.js';
import { clockText } from '../../../packages/recommender/dist/index.js';

const K = 5;
const root = resolve(import.meta.dirname, '../../..');
const { values } = parseArgs({ options: { raw: { type: 'string', default: join(root, '../shared/data/sigir17') } } });
const raw = resolve(values.raw);
if (!existsSync(raw)) {
  console.log(`skipped: there is no raw data at ${raw}; name a folder with --raw`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'http-quality-'));
try {
  process.exitCode = await measure(join(folder, 'all'), join(folder, 'training'));
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(all, training) {
  await run(all, 'etl');
  await run(all, 'train');
  const { report } = JSON.parse(await run(all, 'evaluate', '--json'));
  const line = report.recommenders.find(({ name }) => name === 'as served').overall.measures;

  const subject = await latestSubject(openFeeds(all));
  const split = lastNewAttraction(visitLogOf(subject.visits, subject.attractions));
  const store = openFeeds(training);
  const producer = { id: 'bench', package: 'http-quality', version: '0.0.0' };
  const named = await store.feed(attractions).put(subject.attractions, { producer });
  await store.feed(visits).put(await visitsTableOf(split.training), { producer, parents: [parentOf(named)] });
  await run(training, 'train');
  const contender = servedContender({ kinds: usualKinds(subject.model.options) }, subject.attractions, {});
  const [{ rankings }] = await judge(split, [contender], { k: K });

  const { names } = split.training;
  const itemOf = new Map(names.attractionIds.map((id, item) => [id, item]));
  const asked = split.requests.map((request) => recommendationRequestOf(request, names, K));
  const service = await serve(training);
  const rows = {
    'user, park, time, timed visits': await each(asked, ({ at, visits: before, ...rest }) => ({
      ...rest,
      at: clockText(at),
      visits: before.map((visit) =>
        typeof visit === 'string' ? visit : { ...visit, visitedAt: clockText(visit.visitedAt) },
      ),
    })),
    'user, park': await each(asked, ({ userId, park, limit }) => ({ userId, park, limit })),
    user: await each(asked, ({ userId, limit }) => ({ userId, limit })),
  };
  service.child.kill('SIGTERM');
  await once(service.child, 'exit');

  console.log(`${asked.length} requests over HTTP; asked at ${new Date().toISOString()} where no time is given`);
  console.log(`${''.padEnd(32)}HR@${K}    NDCG@${K}`);
  const figures = Object.entries(rows).map(([name, lists]) => [name, figuresOf(lists)]);
  const shown = [...figures, ['the report: as served', { hitRate: line.hitRate.mean, ndcg: line.ndcg.mean }]];
  for (const [name, { hitRate, ndcg }] of shown)
    console.log(`${name.padEnd(32)}${hitRate.toFixed(4)}  ${ndcg.toFixed(4)}`);
  const [[, full]] = figures;
  const different = rows['user, park, time, timed visits'].filter((list, n) => {
    const expected = rankings[n].subarray(0, K);
    return list.length !== expected.length || list.some((item, place) => item !== expected[place]);
  }).length;
  const same = different === 0 && full.hitRate === line.hitRate.mean && full.ndcg === line.ndcg.mean;
  console.log(same ? 'Every list is that of the report.' : `${different} lists differ from those of the report.`);
  return same ? 0 : 1;

  function figuresOf(lists) {
    const heldOut = {
      userCount: asked.length,
      itemCount: names.attractionIds.length,
      users: Uint32Array.from(asked.keys()),
      items: Uint32Array.from(split.answers.map(([item]) => item)),
    };
    return evaluate((request) => lists[request], heldOut, { k: K, metrics: ['hitRate', 'ndcg'] }).metrics;
  }

  async function each(requests, bodyOf) {
    const lists = [];
    for (const request of requests) {
      const response = await fetch(`${service.url}/v1/recommendations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf(request)),
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.detail);
      lists.push(answer.recommendations.map(({ attractionId }) => itemOf.get(attractionId)));
    }
    return lists;
  }
}

function start(feeds, ...args) {
  const env = {
    ...process.env,
    RAW_DATA_PATH: raw,
    FEEDS_ROOT: feeds,
    REPORT_FOLDER: join(folder, 'reports'),
    LOG_EXPOSURES: 'false',
    LOG_LEVEL: 'warn',
    PORT: '0',
  };
  const command = join(root, 'packages/pipeline/bin/attractions.js');
  return spawn(process.execPath, [command, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function run(feeds, ...args) {
  const child = start(feeds, ...args);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`attractions ${args.join(' ')} ended with ${code}`);
  return text;
}

async function serve(feeds) {
  const child = start(feeds, 'serve', '--json');
  const [chunk] = await once(child.stdout, 'data');
  return { child, url: JSON.parse(String(chunk)).url };
}
