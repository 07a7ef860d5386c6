/**
 * Compares losses on Gowalla after 10 iterations: our conjugate gradient with our Cholesky, and the preset `implicit` with Python's `implicit` 0.7.3, both by
 * the loss that `implicit` itself reports. Prints the losses and their differences.
 *
 *     npx nx build als-trainer && node tools/bench/als/loss.mjs [--rank 64] [--scratch DIR]
 *
 * Needs: python3 with venv and pip, and `train.txt.gz` in `../shared/data/gowalla` or where GOWALLA_PATH points.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { trainAls } from '../../../packages/als-trainer/dist/index.js';
import { rivalPython } from './rival.mjs';

const { values } = parseArgs({ options: { rank: { type: 'string', default: '64' }, scratch: { type: 'string' } } });
const rank = Number(values.rank);
const ITERATIONS = 10;
const folder = process.env.GOWALLA_PATH ?? join(import.meta.dirname, '../../../../shared/data/gowalla');
const scratch = values.scratch ?? mkdtempSync(join(tmpdir(), 'als-loss-'));

const users = [];
const items = [];
for (const line of gunzipSync(readFileSync(join(folder, 'train.txt.gz')))
  .toString('utf8')
  .split('\n')) {
  const [user, ...list] = line.trim().split(/\s+/).map(Number);
  for (const item of list) {
    users.push(user);
    items.push(item);
  }
}
const most = (list) => list.reduce((a, b) => Math.max(a, b), 0) + 1;
const pairs = {
  userCount: most(users),
  itemCount: most(items),
  users: Uint32Array.from(users),
  items: Uint32Array.from(items),
};

const percent = (ratio) => `${(100 * (ratio - 1)).toFixed(3)} %`;
const lossOf = ({ history }) => history.at(-1).loss;

try {
  console.log(
    `Gowalla: ${pairs.userCount} users x ${pairs.itemCount} items, ${users.length} pairs; rank ${rank}, ${ITERATIONS} iterations`,
  );
  for (const preset of ['ials', 'implicit', 'spark']) {
    const [steps, exact] = [
      await trainAls(pairs, { preset, rank, iterations: ITERATIONS }),
      await trainAls(pairs, { preset, rank, iterations: ITERATIONS, solver: 'cholesky' }),
    ].map(lossOf);
    console.log(
      `${preset}: conjugate gradient ${steps.toFixed(1)}, Cholesky ${exact.toFixed(1)}: ${percent(steps / exact)}`,
    );
  }
  const ours = await trainAls(pairs, { preset: 'implicit', rank, iterations: ITERATIONS });
  writeFileSync(join(scratch, 'users.u32'), pairs.users);
  writeFileSync(join(scratch, 'items.u32'), pairs.items);
  writeFileSync(join(scratch, 'user-factors.f32'), ours.userFactors);
  writeFileSync(join(scratch, 'item-factors.f32'), ours.itemFactors);
  const { stdout, stderr, status } = spawnSync(
    rivalPython(scratch),
    [
      join(import.meta.dirname, 'loss.py'),
      scratch,
      rank,
      ITERATIONS,
      ours.options.regularization,
      ours.options.alpha,
    ].map(String),
    { encoding: 'utf8', env: { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' } },
  );
  if (status !== 0) throw new Error(stderr);
  const judged = JSON.parse(stdout.trim().split('\n').at(-1));
  console.log(
    `implicit's own loss: ours ${judged.ours.toFixed(8)}, implicit ${judged.implicit.toFixed(8)}: ${percent(judged.ours / judged.implicit)}`,
  );
} finally {
  if (!values.scratch) rmSync(scratch, { recursive: true, force: true });
}
