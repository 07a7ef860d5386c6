/**
 * Compares our metrics with those of ranx and scikit-learn on random cases: hit rate, precision, recall, NDCG, reciprocal rank and average precision at 1, 5,
 * 10 and the whole list, with ties in the scores. Prints the largest difference of each and exits with 1 above 1e-9.
 *
 *     npm run build && node tools/bench/metrics/index.mjs [--cases 1000] [--seed 1]
 *
 * Needs: python3 with venv and pip; ranx and scikit-learn are installed into a temporary environment.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate, rankByScore } from '@attractions/evaluation';

const options = { cases: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } };
const { cases, seed } = parseArgs({ options }).values;
const metrics = ['hitRate', 'precision', 'recall', 'ndcg', 'mrr', 'map'];
const random = randomFrom(Number(seed));
const scratch = mkdtempSync(join(tmpdir(), 'attractions-metrics-'));

try {
  const file = join(scratch, 'cases.json');
  writeFileSync(file, JSON.stringify(Array.from({ length: Number(cases) }, measuredCase)));
  process.exitCode = rival(file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** 2 to 60 items with scores of few different values, 1 or more of them relevant; ours as the service ranks: ties by item number. */
function measuredCase() {
  const itemCount = below(59) + 2;
  const levels = random() < 0.2 ? 1e6 : below(12) + 1;
  const scores = Array.from({ length: itemCount }, () => below(levels) / 8 - 0.5);
  const items = Array.from({ length: itemCount }, (_, item) => item);
  const relevant = items.filter(() => random() < 0.3);
  if (relevant.length === 0) relevant.push(below(itemCount));
  const ranking = rankByScore(scores, items, itemCount);
  const heldOut = {
    userCount: 1,
    itemCount,
    users: new Uint32Array(relevant.length),
    items: Uint32Array.from(relevant),
  };
  const ours = [1, 5, 10, itemCount].map((k) => ({ k, ...evaluate(() => ranking, heldOut, { k, metrics }).metrics }));
  return { scores, relevant, ranking: Array.from(ranking), ours };
}

function rival(file) {
  const venv = join(scratch, 'venv');
  run('python3', ['-m', 'venv', venv]);
  run(join(venv, 'bin/pip'), ['install', '--quiet', 'ranx==0.3.21', 'scikit-learn==1.7.2']);
  const { status } = spawnSync(join(venv, 'bin/python'), [join(import.meta.dirname, 'rival.py'), file], {
    stdio: 'inherit',
  });
  return status ?? 1;
}

function run(command, args) {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}\n${stderr}`);
}

function below(count) {
  return Math.floor(random() * count);
}

/** Numbers from 0 to below 1 (mulberry32). */
function randomFrom(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
