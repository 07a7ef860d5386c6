/**
 * A training of 1,000,000 users x 100,000 attractions x 94 M pairs at rank 64 compared with one of the shape of MovieLens-20M, each in a separate process:
 * peak of resident memory, and nanoseconds a pair of the second iteration. Needs 4 GB of memory.
 *
 *     npm run build && node tools/bench/als/large.mjs [--threads 2]
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';

import { trainAls } from '../../../packages/als-trainer/dist/index.js';

const { values, positionals } = parseArgs({
  options: { threads: { type: 'string', default: '2' } },
  allowPositionals: true,
});

/** All users have about the same number of items, popular ones more often: a squared uniform number is near the first items. No pair repeats. */
function pairsOf(userCount, itemCount, pairCount) {
  const users = new Uint32Array(pairCount);
  const items = new Uint32Array(pairCount);
  const met = new Int32Array(itemCount).fill(-1);
  let state = 1;
  const uniform = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let k = 0; k < pairCount;) {
    const user = Math.floor((k * userCount) / pairCount);
    const item = Math.floor(uniform() ** 2 * itemCount);
    if (met[item] === user) continue;
    met[item] = user;
    users[k] = user;
    items[k++] = item;
  }
  return { userCount, itemCount, users, items };
}

if (positionals.length === 3) {
  const given = pairsOf(...positionals.map(Number));
  const { history } = await trainAls(given, { rank: 64, iterations: 2 }, { threads: Number(values.threads) });
  const peakGb = (process.resourceUsage().maxRSS * 1024) / 1e9;
  process.stdout.write(
    JSON.stringify({ pairs: given.users.length, peakGb, nsAPair: (1e9 * history[1].seconds) / given.users.length }),
  );
} else {
  const [small, large] = [
    [138_493, 26_744, 19_000_000],
    [1_000_000, 100_000, 94_000_000],
  ].map((shape) => {
    const found = JSON.parse(
      execFileSync(process.execPath, [import.meta.filename, '--threads', values.threads, ...shape.map(String)], {
        encoding: 'utf8',
      }),
    );
    console.log(
      `${shape.join(' x ')}: peak ${found.peakGb.toFixed(2)} GB, ${found.nsAPair.toFixed(0)} ns a pair and iteration`,
    );
    return found;
  });
  console.log(`time a pair, large / small: ${(large.nsAPair / small.nsAPair).toFixed(2)}`);
}
