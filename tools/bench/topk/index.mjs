/**
 * The best 10 attractions of one user, those of many users at once (on two threads), and a fold-in of 10 visits, alone and with the reasons of 10 items,
 * compared with Python's `implicit`: rank 64, the same random factors, in turns.
 *
 *     npm run build && python3 -m pip install implicit
 *     node tools/bench/topk/index.mjs [--python PATH] [--rounds 5]
 *
 * Prints medians in milliseconds, the ratio to `implicit`, and whether the lists equal those of a plain double loop.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { foldInOf, placed, topK, topKAll } from '../../../packages/recommender/dist/index.js';

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, rounds: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);
const rank = 64;

if (spawnSync(values.python, ['-c', 'import implicit']).status !== 0) {
  console.log('skipped: Python has no implicit; install it, or name another Python with --python');
  process.exit(0);
}
console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, rank ${rank}, ${rounds} rounds in turns, medians`,
);
for (const [items, times, users] of [
  [1_000, 2_000, 20_000],
  [100_000, 60, 2_000],
  [1_000_000, 10, 200],
])
  await compare(items, times, users);

async function compare(items, times, userCount) {
  const random = generator(7);
  const itemFactors = Float32Array.from({ length: items * rank }, random);
  const userFactors = Float32Array.from({ length: userCount * rank }, random);
  const folder = mkdtempSync(join(tmpdir(), 'topk-'));
  writeFileSync(join(folder, 'items.f32'), itemFactors);
  writeFileSync(join(folder, 'users.f32'), userFactors);
  const rival = spawn(values.python, [join(import.meta.dirname, 'rival.py'), folder, String(items), String(rank)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: rival.stdout })[Symbol.asyncIterator]();
  const ask = async (what, count) => {
    rival.stdin.write(`${what} ${count}\n`);
    return JSON.parse((await lines.next()).value);
  };
  const fast = placed(itemFactors, rank);
  const userOf = (n) => userFactors.subarray((n % userCount) * rank, ((n % userCount) + 1) * rank);
  const fold = foldInOf(modelOf(itemFactors, items));
  const history = {
    items: Uint32Array.from({ length: 10 }, (_, n) => n * Math.floor(items / 10)),
    weights: new Float32Array(10).fill(1),
  };
  const listed = Array.from({ length: 10 }, (_, n) => n * Math.floor(items / 10) + 1);
  const reasons = () => {
    const { contributions } = fold(history);
    for (const item of listed) contributions(item);
  };
  const ours = { one: [], batch: [], fold: [], reasons: [] };
  const theirs = { one: [], batch: [], fold: [], reasons: [] };
  /** Milliseconds a user of all of them, the start of the threads among them. */
  const batch = async () => {
    const start = performance.now();
    await topKAll(itemFactors, rank, userFactors, 10, { threads: 2 });
    return (performance.now() - start) / userCount;
  };
  await ask('one', 3);
  median(times, (n) => topK(fast, rank, userOf(n), 10));
  median(200, reasons);
  for (let round = 0; round < rounds; round++) {
    ours.one.push(median(times, (n) => topK(fast, rank, userOf(n), 10)));
    theirs.one.push(await ask('one', times));
    ours.batch.push(await batch());
    theirs.batch.push(await ask('batch', 1));
    ours.fold.push(median(500, () => fold(history)));
    theirs.fold.push(await ask('fold', 500));
    ours.reasons.push(median(500, reasons));
    theirs.reasons.push(await ask('reasons', 50));
  }
  const copy = itemFactors.slice();
  const plain = median(Math.max(3, times / 10), (n) => topK(copy, rank, userOf(n), 10));
  const same = Array.from({ length: 10 }, (_, n) => n).every((n) => {
    return String(topK(fast, rank, userOf(n), 10).items) === String(doubleLoop(itemFactors, items, userOf(n)));
  });
  const name = items.toLocaleString('en-GB');
  report(`top 10 of ${name}`, ours.one, theirs.one, `; not placed ${plain.toFixed(3)}; same as a double loop: ${same}`);
  report(`top 10 of ${name}, a user of a batch`, ours.batch, theirs.batch, '');
  report(`fold-in of 10 visits, ${name} items`, ours.fold, theirs.fold, '');
  report('the same with the reasons of 10 items', ours.reasons, theirs.reasons, '');
  rival.stdin.end();
  rmSync(folder, { recursive: true });
}

function report(what, ours, theirs, more) {
  const [a, b] = [middle(ours), middle(theirs)];
  console.log(`${what}: ${a.toFixed(4)} ms, implicit ${b.toFixed(4)} ms, ratio ${(a / b).toFixed(2)}${more}`);
}

function median(times, act) {
  const spent = Array.from({ length: times }, (_, n) => {
    const start = performance.now();
    act(n);
    return performance.now() - start;
  });
  return middle(spent);
}

function middle(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

/** A standard normal value at each call, the same ones every time. */
function generator(seed) {
  let state = seed;
  const uniform = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

function doubleLoop(factors, items, user) {
  const scored = Array.from({ length: items }, (_, item) => {
    let score = 0;
    for (let f = 0; f < rank; f++) score += factors[item * rank + f] * user[f];
    return { item, score: Math.fround(score) };
  });
  return scored
    .sort((a, b) => b.score - a.score || a.item - b.item)
    .slice(0, 10)
    .map(({ item }) => item);
}

function modelOf(itemFactors, items) {
  return {
    rank,
    itemFactors,
    attractionIds: { length: items },
    options: {
      implicitFeedback: true,
      preset: 'ials',
      alpha: 1,
      unobservedWeight: 1,
      regularization: 0.1,
      regularizationExponent: 0,
    },
  };
}
