/**
 * Compares item kNN with ALS on the same pairs, in turns, and measures EASE by the number of items. Measures processor time, so that other work of the
 * machine counts less.
 *
 *     npm run build && node tools/bench/baselines/index.mjs [--rounds 2] [--ease 2000,5000,10000]
 *
 * Pairs: 796,000 of 20,000 users and 4,000 items, generated, few items much more popular; and Gowalla where `../shared/data/gowalla` or GOWALLA_PATH has it.
 * 10,000 items of EASE take some minutes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { trainAls } from '../../../packages/als-trainer/dist/index.js';
import {
  evaluate,
  listEase,
  listItemKnn,
  listsOf,
  pairSplitOf,
  readIdPairs,
} from '../../../packages/evaluation/dist/index.js';
import { placed, topK } from '../../../packages/recommender/dist/index.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    ease: { type: 'string', default: '2000,5000,10000' },
    one: { type: 'string' },
  },
});
const k = 20;
const gowalla = process.env.GOWALLA_PATH ?? join(import.meta.dirname, '../../../../shared/data/gowalla');

/** Each of the users has `each` items and one more to find. */
function generated(users, items, each) {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const [training, test] = [[], []];
  for (let user = 0; user < users; user++) {
    const liked = new Set();
    while (liked.size < each + 1) liked.add(Math.floor(random() ** 2 * items));
    const [left, ...kept] = liked;
    test.push([`${user}`, `${left}`]);
    for (const item of kept) training.push([`${user}`, `${item}`]);
  }
  return pairSplitOf(training, test);
}

async function als(split) {
  const { rank, userFactors, itemFactors } = await trainAls(split.training, {}, { threads: 1 });
  const items = placed(itemFactors, rank);
  return (user) => topK(items, rank, userFactors.subarray(user * rank, (user + 1) * rank), k, split.seen[user]).items;
}

async function timed(act) {
  const before = process.cpuUsage();
  const result = await act();
  const { user, system } = process.cpuUsage(before);
  return { seconds: ((user + system) / 1e6).toFixed(1), result };
}

if (values.one !== undefined) {
  const split = generated(3 * Number(values.one), Number(values.one), 20);
  const { seconds } = await timed(async () => listEase.learn(split));
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`EASE, ${split.itemIds.length} items: ${seconds} s, ${megabytes} MB in all`);
} else {
  const splits = [['generated', generated(20_000, 4_000, 40)]];
  if (existsSync(gowalla)) {
    const [training, test] = ['train.txt.gz', 'test.txt.gz'].map((name) => readIdPairs(join(gowalla, name)));
    splits.push(['Gowalla', pairSplitOf(await training, await test)]);
  }
  for (const [name, split] of splits) {
    const { users } = split.training;
    console.log(`${name}: ${split.userIds.length} users, ${split.itemIds.length} items, ${users.length} pairs`);
    const rivals = { 'item kNN': () => listsOf(listItemKnn, split, k), 'ALS, 1 thread, 64 factors': () => als(split) };
    for (let round = 1; round <= Number(values.rounds); round++)
      for (const [rival, lists] of Object.entries(rivals)) {
        const { seconds, result } = await timed(async () =>
          evaluate(await lists(), split.heldOut, { k, metrics: ['recall', 'ndcg'] }),
        );
        const { recall, ndcg } = result.metrics;
        console.log(`  ${rival}: ${seconds} s, recall@${k} ${recall.toFixed(4)}, ndcg@${k} ${ndcg.toFixed(4)}`);
      }
  }
  // A separate process for each, since the peak memory of a process never falls.
  for (const items of values.ease.split(','))
    spawnSync(process.execPath, [import.meta.filename, '--one', items], { stdio: 'inherit' });
}
