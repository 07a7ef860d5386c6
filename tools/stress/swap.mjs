/**
 * Generations are committed while connections are busy, with a bad experiment in the feed that changes meanwhile: no request may fail, no answer may mix two
 * generations or name a panel, and the p99 during swaps must be at most twice that without swaps. Then three generations must be refused, a damaged one, one
 * of an unknown contract and one that fails the smoke test: the old one stays in use. Needs the built packages (`npx nx run-many -t build`), nothing else;
 * takes about a minute.
 *
 *     node tools/stress/swap.mjs [--generations 20] [--connections 64] [--pause-ms 20] [--seconds 10] [--short]
 *
 * `--pause-ms` is the mean pause of a connection between two requests; 0 uses all processors, so that waiting in the client is part of both figures.
 * `--short` is for every test run: it checks the answers, and only prints the speed. Prints answers, failures, mixed answers, generations seen, both p99 and
 * their ratio.
 */
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { clientOf, keepBusy, latencies, quantile, requestOf } from './client.mjs';
import {
  als,
  experiments,
  machine,
  producer,
  putEdition,
  scratchFeeds,
  startService,
  userIdOf,
  verdict,
} from './service.mjs';

const { values } = parseArgs({
  options: {
    generations: { type: 'string', default: '20' },
    connections: { type: 'string', default: '64' },
    'pause-ms': { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
    short: { type: 'boolean', default: false },
  },
});
const [generations, connections, pauseMs, seconds] = ['generations', 'connections', 'pause-ms', 'seconds'].map((name) =>
  Number(values[name]),
);
console.log(
  `${machine}; ${generations} generations, ${connections} connections, a pause of ${pauseMs} ms, ${seconds} s at rest`,
);

const { folder, store } = scratchFeeds();
await putEdition(store, 1);
const badExperiments = [
  () => putExperiment({ recommender: 'nobody' }),
  () => putExperiment({ recommender: 'next-attraction' }),
  () => putExperiment({ recommender: 'als', version: 2 ** 40 }),
  () => putExperiment({ recommender: 'als', damaged: true }),
];
await badExperiments[0]();
const service = await startService(folder, {
  MODEL_POLL_SECONDS: '0.1',
  EXPOSURE_COMMIT_SECONDS: '600',
  LOG_LEVEL: 'fatal',
});
const asker = clientOf(service.url);
const putter = new Worker(new URL('./put-thread.mjs', import.meta.url));
const json = async (path) => JSON.parse((await asker.ask(requestOf({ path }))).text);

const found = { rest: [], swapping: [] };
const seen = new Set();
let [answers, failed, mixed, paneled, shortened] = [0, 0, 0, 0, 0];
const failures = new Map();
let phase;
let done = false;
const busy = keepBusy({
  url: service.url,
  connections,
  pauseMs,
  done: () => done,
  request: (connection, n) =>
    requestOf({ path: `/v1/users/${userIdOf((connection * 131 + n) % 2_000)}/recommendations` }),
  told(answer) {
    answers++;
    if (answer.failed !== undefined || answer.status !== 200) {
      const why = answer.failed ?? `status ${answer.status}`;
      failures.set(why, (failures.get(why) ?? 0) + 1);
      return void failed++;
    }
    const list = JSON.parse(answer.text);
    if (list.degraded === true) shortened++;
    if (!isOfOne(list)) mixed++;
    if (list.panel !== undefined) paneled++;
    found[phase]?.push(answer.ms);
  },
});
await sleep(values.short ? 200 : 2_000);
phase = 'rest';
await sleep(seconds * 1_000);
putter.postMessage([scratchFeeds().folder, 1]); // Its code is warm before it counts.
await once(putter, 'message');
phase = 'swapping';
for (let edition = 2; edition <= generations + 1; edition++) {
  putter.postMessage([folder, edition]);
  await once(putter, 'message');
  if (edition % 5 === 0) await badExperiments[(edition / 5) % badExperiments.length]();
  await until(async () => (await json('/v1/version')).generation.model === edition);
}
phase = undefined;
await putter.terminate();

console.log(`at rest:        ${latencies(found.rest)}`);
console.log(`while swapping: ${latencies(found.swapping)}`);
const ratio = quantile(found.swapping, 0.99) / quantile(found.rest, 0.99);

const last = generations + 1;
const refusals = [];
for (const put of [damaged, ofUnknownContract, nameless]) {
  const model = await put();
  refusals.push(
    await until(async () => (await json('/readyz')).detail.find((line) => line.includes(`Model ${model} was refused`))),
  );
}
const after = await json('/v1/version');
const ready = await json('/readyz');
const invalid = /^attractions_experiment_invalid (\d)/m.exec(
  (await asker.ask(requestOf({ path: '/metrics' }))).text,
)?.[1];
done = true;
await busy;
for (const line of refusals) console.log(line);
verdict(`of ${answers} requests ${failed} failed`, failed === 0);
for (const [why, times] of failures) console.log(`failed ${times} times: ${why}`);
console.log(`${shortened} lists were the popular ones because of the load`);
verdict(`${mixed} answers mixed generations, ${seen.size} generations were seen`, mixed === 0 && seen.has(last));
if (values.short) console.log(`p99 while swapping is ${ratio.toFixed(2)} times that at rest`);
else verdict(`p99 while swapping is ${ratio.toFixed(2)} times that at rest (at most 2)`, ratio <= 2);
const fault = ready.detail.find((line) => line.startsWith('Experiment update'));
console.log(fault);
verdict(
  `${paneled} answers named a panel of a bad experiment; the metric is ${invalid}`,
  paneled === 0 && invalid === '1',
);
verdict('ready, and says which experiment is not run', ready.status === 'ready' && fault !== undefined);
verdict(`${refusals.length} unfit generations were refused, model ${last} goes on`, after.generation.model === last);
service.kill('SIGTERM');
await service.ended;

/** Names and scores carry the edition, which is the number of the model and of its attractions too. */
function isOfOne({ generation: { model, attractions }, recommendations, source, degraded }) {
  seen.add(model);
  const ending = `, edition ${model}`;
  return (
    attractions === model &&
    recommendations.length === 10 &&
    // A busy service lists what is popular: its scores are numbers of visitors.
    source === (degraded === true ? 'popular' : 'als') &&
    recommendations.every(
      ({ name, score }) => name.endsWith(ending) && (degraded === true || Math.floor(score) === model),
    )
  );
}

/** Puts an experiment that cannot be run, as a program of another language may: our contract would refuse it. */
async function putExperiment({ recommender, version = 1, damaged = false }) {
  const panels = [{ name: 'all', recommender, buckets: [[0, 10_000]] }];
  const bad = { experiment: 'bad', version, layerSalt: 'layer', layerBuckets: [0, 10_000], salt: 'salt', panels };
  const bytes = Buffer.from(damaged ? '{' : JSON.stringify(bad));
  const codec = {
    format: 'json',
    async *encode() {
      yield { name: 'part-00000.json', bytes, rows: 1 };
    },
    decode: async () => undefined,
  };
  await store.feed({ ...experiments, codec }).put(bad, { producer });
}

/** An update whose files are damaged before it is read: it becomes the champion only after that. */
async function damaged() {
  await store.feed(als).alias('champion', last, { producer });
  const before = new Set(await readdir(join(folder, als.path)));
  const { seq } = await putEdition(store, last + 1);
  for (const update of (await readdir(join(folder, als.path))).filter((name) => !before.has(name)))
    for (const file of await readdir(join(folder, als.path, update)))
      await writeFile(join(folder, als.path, update, file), 'damaged');
  return champion(seq);
}

async function ofUnknownContract() {
  const tomorrow = { ...als, codec: { ...als.codec, format: 'als-of-tomorrow' } };
  const model = await (await store.feed(als).at(1)).read();
  const { seq } = await store.feed(tomorrow).put(model, { producer });
  return champion(seq);
}

async function nameless() {
  const { seq } = await putEdition(store, last + 2, { items: 100, users: 10, nameless: true });
  return champion(seq);
}

async function champion(seq) {
  await store.feed(als).alias('champion', seq, { producer });
  return seq;
}

async function until(ask) {
  const endMs = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > endMs) throw new Error('The service did not do so within 30 s.');
    await sleep(20);
  }
}
