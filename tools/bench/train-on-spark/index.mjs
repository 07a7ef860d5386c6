/**
 * ALS by the kernel and by Spark, on the same visits with the same loss and options, in turns: the built train command (seconds of the ALS alone, peak of
 * resident memory), the loss of its model, and how both rank what is held out. Starts an Apache Spark of its own, and stops it.
 *
 *     npm run build && node tools/bench/train-on-spark/index.mjs [--rounds 3] [--rank 16] [--iterations 10] [--regularization 0.1] [--data parks,ml-100k] [--port 15099]
 *
 * `parks` are the given parks and `ml-100k` is MovieLens-100K, both in ../shared/data; `generated:VISITS:USERS:ITEMS` are those of tools/bench/train/data.mjs,
 * which are not ranked. Needs Linux.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { AlsTrainer } from '../../../packages/als-trainer/dist/index.js';
import { sparkOptions, trainOnSpark } from '../../../packages/als-trainer/dist/spark/index.js';
import { als, attractions, visits } from '../../../packages/contracts/dist/index.js';
import { judge, lastNewAttraction, visitLogOf, visitsTableOf } from '../../../packages/evaluation/dist/index.js';
import { openFeeds, parentOf } from '../../../packages/feeds/dist/index.js';
import { attractionOf, timedVisits } from '../../../packages/models/dist/testing/index.js';
import { visitsIn } from '../train/data.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    rank: { type: 'string', default: '16' },
    iterations: { type: 'string', default: '10' },
    regularization: { type: 'string', default: '0.1' },
    data: { type: 'string', default: 'parks,ml-100k' },
    port: { type: 'string', default: '15099' },
  },
});
const options = sparkOptions({
  rank: Number(values.rank),
  iterations: Number(values.iterations),
  regularization: Number(values.regularization),
});
const MB = 2 ** 20;
const repository = join(import.meta.dirname, '../../..');
const shared = join(repository, '../shared/data');
const script = (name) => join(repository, 'tools/spark', name);
const scratch = mkdtempSync(join(tmpdir(), 'bench-train-on-spark-'));
const producer = { id: 'bench', package: 'bench', version: '0.0.0' };

const run = (argv, env) =>
  execFileSync(process.execPath, [join(repository, 'packages/pipeline/bin/attractions.js'), ...argv], {
    env: { ...process.env, LOG_LEVEL: 'warn', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** Feeds with visits, by the name of the data; undefined where they are not there. */
async function feedsOf(name) {
  const root = join(scratch, name.replaceAll(':', '-'));
  if (name.startsWith('generated:')) {
    const [, rows, users, items] = name.split(':').map(Number);
    mkdirSync(root);
    await visitsIn(root, { users, rows, items });
    return root;
  }
  const raw = join(shared, { parks: 'sigir17', 'ml-100k': 'ml-100k/ml-100k.inter' }[name] ?? name);
  if (!existsSync(raw)) {
    console.log(`${name}: skipped, ${raw} is not there`);
    return undefined;
  }
  if (name === 'parks') {
    run(['etl'], { RAW_DATA_PATH: raw, FEEDS_ROOT: root });
    return root;
  }
  const rows = readFileSync(raw, 'utf8').trim().split('\n').slice(1);
  const rated = rows
    .map((row) => row.split('\t'))
    .map(([user, item, , seconds]) => [user, `ml:${item}`, 1000 * seconds]);
  const store = openFeeds(root);
  const items = [...new Set(rated.map(([, item]) => item))].map((item) => attractionOf(item, item));
  const named = await store.feed(attractions).put(items, { producer });
  await store.feed(visits).put(timedVisits(rated), { producer, parents: [parentOf(named)] });
  return root;
}

/** One run of the train command. */
async function trained(root, env) {
  const preload = join(repository, 'tools/bench/train/peak.mjs');
  const child = spawn(
    process.execPath,
    ['--import', preload, join(repository, 'packages/als-trainer/dist/cli.js'), '--json', '--full'],
    {
      env: { ...process.env, ...env, FEEDS_ROOT: root, MODELS: 'als', LOG_LEVEL: 'info', FORCE_COLOR: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const closed = once(child, 'close');
  let [seconds, peakBytes, last] = [NaN, NaN, ''];
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.startsWith('{')) last = line;
    else ({ seconds = seconds, peakBytes = peakBytes } = stepIn(JSON.parse(line)));
  }
  const [code] = await closed;
  if (code !== 0) throw new Error(`train ended with code ${code}: ${last}`);
  const model = await (await openFeeds(root).feed(als).latest()).read();
  return { seconds, peakBytes, loss: model.history.at(-1).loss, model };
}

function stepIn({ kind, seconds, peakBytes }) {
  return { ...(kind === 'als' && { seconds }), ...(peakBytes && { peakBytes }) };
}

/** The most memory that the server had so far. */
function serverBytes() {
  const pid = readFileSync(join(tmpdir(), 'attractions-spark', values.port, 'pid'), 'utf8').trim();
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** A trainer as it is judged: the product of factors. */
const contender = (name, train) => ({
  name,
  description: name,
  async learn(training) {
    const model = await train(await visitsTableOf(training));
    const row = (ids) => new Map(ids.map((id, at) => [id, at]));
    const [users, items] = [row(model.userIds), row(model.attractionIds)];
    const { rank, userFactors, itemFactors } = model;
    return ({ user }) =>
      Float64Array.from(training.names.attractionIds, (id) => {
        const [u, i] = [users.get(training.names.userIds[user]), items.get(id)];
        let score = 0;
        if (u === undefined || i === undefined) return score;
        for (let f = 0; f < rank; f++) score += userFactors[u * rank + f] * itemFactors[i * rank + f];
        return score;
      });
  },
});

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const spread = (list, digits) =>
  `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)} to ${Math.max(...list).toFixed(digits)})`;

const remote = execFileSync(script('start.sh'), [values.port], { encoding: 'utf8' })
  .trim()
  .replace('SPARK_REMOTE=', '');
try {
  const { rank, iterations, regularization } = options;
  console.log(
    `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}; Spark on local[2]; rank ${rank}, ${iterations} iterations, regularization ${regularization}; median of ${values.rounds} rounds in turns (least to most)`,
  );
  const settings = {
    ALS_RANK: String(rank),
    ALS_ITERATIONS: String(iterations),
    ALS_REGULARIZATION: String(regularization),
  };
  const kernel = { ...settings, ALS_PRESET: 'spark', ALS_IMPLICIT_FEEDBACK: 'true', TRAIN_ON: 'kernel' };
  const onSpark = { ...settings, TRAIN_ON: 'spark', SPARK_REMOTE: remote };
  for (const name of values.data.split(',')) {
    const root = await feedsOf(name);
    if (root === undefined) continue;
    const rounds = { kernel: [], Spark: [] };
    for (let round = 0; round < Number(values.rounds); round++) {
      rounds.kernel.push(await trained(root, kernel));
      rounds.Spark.push(await trained(root, onSpark));
    }
    const { model } = rounds.kernel[0];
    console.log(
      `${name}: ${model.userIds.length} users, ${model.attractionIds.length} items, ${model.seen.items.length} pairs; load ${loadavg()[0].toFixed(1)}`,
    );
    for (const [who, all] of Object.entries(rounds)) {
      const [seconds, peaks, losses] = ['seconds', 'peakBytes', 'loss'].map((key) => all.map((one) => one[key]));
      const beside = who === 'Spark' ? ` and ${Math.round(serverBytes() / MB)} MB the server` : '';
      console.log(
        `  ${who}: ALS ${spread(seconds, 2)} s; at most ${Math.round(Math.max(...peaks) / MB)} MB the command${beside}; loss ${spread(losses, 1)}`,
      );
    }
    if (name.startsWith('generated:')) continue;
    const store = openFeeds(root);
    const [table, places] = [
      await (await store.feed(visits).latest()).read(),
      await (await store.feed(attractions).latest()).read(),
    ];
    const judged = await judge(
      lastNewAttraction(visitLogOf(table, places)),
      [
        contender('kernel', (part) => new AlsTrainer(options).train(part)),
        contender('Spark', async (part) => (await trainOnSpark(part, options, { remote })).model),
      ],
      { k: 10 },
    );
    for (const { name: who, report } of judged)
      console.log(
        `  ${who}: HR@10 ${report.metrics.hitRate.toFixed(4)}, NDCG@10 ${report.metrics.ndcg.toFixed(4)}; ${report.users.length} questions`,
      );
  }
} finally {
  execFileSync(script('stop.sh'), [values.port]);
  rmSync(scratch, { recursive: true });
}
