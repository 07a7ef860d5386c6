/**
 * Trains on Gowalla (the split that LightGCN and others use) and prints Recall@20 and NDCG@20 over all items the user did not train on.
 *
 *     npm run build && node tools/bench/als/gowalla.mjs [--ranks 64,256] [--options '{"alpha":1}'] [--validate] [--every 1]
 *
 * `--validate` measures on a tenth of the training pairs instead of the test pairs: use it to choose options. `--every 10` judges every tenth user only.
 * Needs `train.txt.gz` and `test.txt.gz` in `../shared/data/gowalla`, or where GOWALLA_PATH points: a line is a user and the user's items.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { trainAls } from '../../../packages/als-trainer/dist/index.js';
import { placed, topK } from '../../../packages/recommender/dist/index.js';

/** Chosen on the validation pairs; see the README of als-trainer. */
const chosen = {
  64: { iterations: 4, alpha: 0, unobservedWeight: 0.01, regularization: 0.003 },
  256: { iterations: 6, alpha: 0, unobservedWeight: 0.01, regularization: 0.003 },
};

const { values } = parseArgs({
  options: {
    ranks: { type: 'string', default: '64,256' },
    options: { type: 'string', default: '{}' },
    validate: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
  },
});
const folder = process.env.GOWALLA_PATH ?? join(import.meta.dirname, '../../../../shared/data/gowalla');
if (!existsSync(folder)) {
  console.error(`${folder} does not exist: set GOWALLA_PATH to the folder of train.txt.gz and test.txt.gz.`);
  process.exit(2);
}

/** The items of each user, by user. */
function readLists(name) {
  const lists = [];
  for (const line of gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .split('\n')) {
    const [user, ...items] = line.trim().split(/\s+/).map(Number);
    if (items.length > 0) lists[user] = items;
  }
  return lists;
}

/** A tenth of the pairs, chosen by their numbers. */
const isHeldOut = (user, item) =>
  Math.imul(Math.imul(user + 1, 0x9e3779b1) ^ (item + 1), 0x85ebca6b) >>> 0 < 2 ** 32 / 10;

const whole = readLists('train.txt.gz');
const train = values.validate ? whole.map((items, user) => items.filter((item) => !isHeldOut(user, item))) : whole;
const test = values.validate
  ? whole.map((items, user) => items.filter((item) => isHeldOut(user, item)))
  : readLists('test.txt.gz');
const userCount = Math.max(train.length, test.length);
const itemCount = 1 + [...whole, ...test].flat().reduce((most, item) => Math.max(most, item), 0);

const users = [];
const items = [];
train.forEach((list, user) => {
  for (const item of list) {
    users.push(user);
    items.push(item);
  }
});
const pairs = { userCount, itemCount, users: Uint32Array.from(users), items: Uint32Array.from(items) };
console.log(`Gowalla: ${userCount} users x ${itemCount} items, ${users.length} pairs to train on`);

/** Mean Recall@k (of the user's test items) and NDCG@k (binary) over the users that have any. */
function judge(model, k = 20, every = Number(values.every)) {
  const gain = Array.from({ length: k }, (_, place) => 1 / Math.log2(place + 2));
  const ideal = (count) => gain.slice(0, count).reduce((sum, value) => sum + value, 0);
  const itemFactors = placed(model.itemFactors, model.rank);
  let [judged, recall, ndcg] = [0, 0, 0];
  test.forEach((wanted, user) => {
    if (wanted.length === 0 || user % every !== 0) return;
    const factors = model.userFactors.subarray(user * model.rank, (user + 1) * model.rank);
    const { items } = topK(itemFactors, model.rank, factors, k, Uint32Array.from(train[user] ?? []));
    const hits = Array.from(items, (item) => wanted.includes(item));
    judged++;
    recall += hits.filter(Boolean).length / wanted.length;
    ndcg += hits.reduce((sum, hit, place) => sum + (hit ? gain[place] : 0), 0) / ideal(Math.min(k, wanted.length));
  });
  return { recall: recall / judged, ndcg: ndcg / judged };
}

for (const rank of values.ranks.split(',').map(Number)) {
  const options = { ...chosen[rank], ...JSON.parse(values.options), rank };
  const begin = performance.now();
  const model = await trainAls(pairs, options);
  const seconds = (performance.now() - begin) / 1000;
  const { recall, ndcg } = judge(model);
  console.log(
    `Recall@20 ${recall.toFixed(4)}  NDCG@20 ${ndcg.toFixed(4)}  ${seconds.toFixed(1)} s  ${JSON.stringify(options)}`,
  );
}
