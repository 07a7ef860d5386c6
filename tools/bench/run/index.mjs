/**
 * Compares the built `attractions run` (raw CSV to recommendations, feeds on disk) with pandas + implicit, which only import, group and train, on the same
 * rows, with the same rank and iterations. Whole processes, in turns: ours, theirs, ours, theirs, …
 *
 *     npm run build && node tools/bench/run/index.mjs [--rounds 9]
 *
 * Needs: python3 with venv and pip (pandas and implicit are installed into a temporary environment), and the real rows in `../shared/data/sigir17` or
 * wherever RAW_DATA_PATH points. OpenBLAS uses one thread, as implicit recommends.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
const raw = resolve(process.env.RAW_DATA_PATH ?? join(root, '../shared/data/sigir17'));
if (!existsSync(raw)) {
  console.error(`${raw} does not exist: set RAW_DATA_PATH to the folder of the SIGIR'17 files.`);
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'attractions-bench-'));

function timed(command, args, env) {
  const start = performance.now();
  const result = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} exited with ${result.status}\n${result.stderr}`);
  return { seconds, output: result.stdout };
}

function preparePeer() {
  const venv = join(scratch, 'venv');
  timed('python3', ['-m', 'venv', venv], {});
  timed(join(venv, 'bin/pip'), ['install', '--quiet', 'pandas', 'scipy', 'implicit==0.7.3'], {});
  return join(venv, 'bin/python');
}

const spread = (sorted) => `${sorted[0].toFixed(2)}..${sorted.at(-1).toFixed(2)}`;
const median = (sorted) => sorted[Math.floor(sorted.length / 2)];
const ascending = (list) => [...list].sort((a, b) => a - b);

try {
  console.error('Installing pandas and implicit into a temporary environment …');
  const python = preparePeer();
  const ours = () =>
    timed(process.execPath, [join(root, 'packages/pipeline/bin/attractions.js'), 'run', '--json'], {
      RAW_DATA_PATH: raw,
      FEEDS_ROOT: mkdtempSync(join(scratch, 'feeds-')),
      LOG_LEVEL: 'warn',
    });
  const warm = JSON.parse(ours().output);
  const theirs = () =>
    timed(python, [join(import.meta.dirname, 'peer.py'), raw, String(warm.rank), String(warm.loss.length)], {
      OPENBLAS_NUM_THREADS: '1',
    });
  const peer = JSON.parse(theirs().output);
  if (peer.visits !== warm.visits)
    throw new Error(`The two disagree on the visits: ours ${warm.visits}, theirs ${peer.visits}.`);

  const seconds = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    seconds.ours.push(ours().seconds);
    seconds.theirs.push(theirs().seconds);
  }
  const ratios = ascending(seconds.ours.map((s, i) => s / seconds.theirs[i]));
  const [a, b] = [ascending(seconds.ours), ascending(seconds.theirs)];
  console.log(`machine: ${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`);
  console.log(
    `data: ${warm.rows} photo rows, ${warm.visits} visits; rank ${warm.rank}, ${warm.loss.length} iterations; ${rounds} rounds in turn`,
  );
  console.log(`attractions run     ${median(a).toFixed(2)} s  (${spread(a)})`);
  console.log(`pandas + implicit   ${median(b).toFixed(2)} s  (${spread(b)})`);
  console.log(`ratio, pair by pair ${median(ratios).toFixed(2)}  (${spread(ratios)})`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
