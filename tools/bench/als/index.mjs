/**
 * Compares one iteration of ours with one of Python's `implicit` 0.7.3 (conjugate gradient, 3 steps), in turns, on the same seeded pairs, with the same
 * number of threads. Prints seconds an iteration (median and spread) and the ratio, pair by pair.
 *
 *     npx nx build als-trainer && node tools/bench/als/index.mjs [--ranks 32,64,128] [--rounds 5] [--threads 2] [--scale 1]
 *         [--node PATH]      # another Node for ours
 *         [--scratch DIR]    # keep data and environment there for the next time
 *         [--spark]          # Spark 4 too, on as many threads: its pyspark goes to the same environment
 *
 * Needs: python3 with venv and pip; for Spark Java 17, and libopenblas0 and libgfortran5 for its native BLAS; `implicit` is installed into a temporary
 * environment. Its BLAS uses one thread, as it recommends. `--scale 0.1` takes a tenth of the users, items and pairs of the full size, which is that of
 * MovieLens-20M.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { dataSet, movieLensShape } from './data.mjs';
import { rivalPython } from './rival.mjs';

const { values } = parseArgs({
  options: {
    ranks: { type: 'string', default: '32,64,128' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    scale: { type: 'string', default: '1' },
    node: { type: 'string', default: process.execPath },
    scratch: { type: 'string' },
    spark: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const scratch = values.scratch ?? mkdtempSync(join(tmpdir(), 'als-bench-'));

/** A process that does an iteration when told, and answers with its line. */
function contestant(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended early.`);
    return value;
  };
  return {
    ready: answer(),
    async iterate() {
      child.stdin.write('\n');
      return Number((await answer()).split(' ')[0]);
    },
    end: () => child.stdin.end(),
  };
}

/** What Spark needs for an iteration, by the difference of two trainings. */
function sparkIteration(python, folder, rank, threads) {
  const pip = spawnSync(python, ['-m', 'pip', 'install', '--quiet', 'pyspark==4.0.1'], { encoding: 'utf8' });
  if (pip.status !== 0) throw new Error(pip.stderr);
  writePairs(folder);
  const script = join(import.meta.dirname, 'spark.py');
  const { status, stdout, stderr } = spawnSync(python, [script, folder, rank, threads, '2'], {
    encoding: 'utf8',
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** The pairs as Spark reads them: user, item, weight. */
function writePairs(folder) {
  const path = join(folder, 'pairs.csv');
  if (existsSync(path)) return;
  const { shape, offsets, columns, weights } = dataSet(folder);
  const file = openSync(path, 'w');
  for (let user = 0, text = ''; user < shape.users; user++) {
    for (let k = offsets[user]; k < offsets[user + 1]; k++) text += `${user},${columns[k]},${weights[k]}\n`;
    if (text.length > 1e6 || user === shape.users - 1) {
      writeSync(file, text);
      text = '';
    }
  }
  closeSync(file);
}

const ascending = (list) => [...list].sort((a, b) => a - b);
const median = (list) => ascending(list)[Math.floor(list.length / 2)];
const figure = (list) =>
  `${median(list).toFixed(3)} (${Math.min(...list).toFixed(3)}..${Math.max(...list).toFixed(3)})`;

try {
  const python = rivalPython(scratch);
  const scaled = Object.entries(movieLensShape).map(([k, v]) => [
    k,
    k === 'seed' ? v : Math.round(v * Number(values.scale)),
  ]);
  const folder = join(scratch, `data-${values.scale}`);
  const { shape } = dataSet(folder, Object.fromEntries(scaled));
  const { stdout: version } = spawnSync(values.node, ['--version'], { encoding: 'utf8' });
  console.log(
    `machine: ${cpus()[0].model.trim()}, ${cpus().length} cores; ours on Node ${version.trim()}; ${values.threads} threads each`,
  );
  console.log(
    `data: ${shape.users} users x ${shape.items} items, ${shape.pairs} pairs; ${rounds} iterations in turn after one of each`,
  );
  console.log('\n| rank | ours, s an iteration | implicit 0.7.3 | ratio |\n|---|---|---|---|');
  for (const rank of values.ranks.split(',')) {
    const ours = contestant(values.node, [
      join(import.meta.dirname, 'ours.mjs'),
      folder,
      rank,
      values.threads,
      String(rounds + 1),
    ]);
    await ours.ready;
    const rival = contestant(python, [join(import.meta.dirname, 'rival.py'), folder, rank, values.threads], {
      OPENBLAS_NUM_THREADS: '1',
      MKL_NUM_THREADS: '1',
    });
    await rival.ready;
    const seconds = { ours: [], rival: [] };
    for (let round = 0; round < rounds; round++) {
      seconds.ours.push(await ours.iterate());
      seconds.rival.push(await rival.iterate());
    }
    ours.end();
    rival.end();
    const ratio = median(seconds.ours.map((value, k) => value / seconds.rival[k]));
    console.log(`| ${rank} | ${figure(seconds.ours)} | ${figure(seconds.rival)} | ${ratio.toFixed(2)} |`);
    if (values.spark) {
      const { spark, blas, seconds: theirs } = sparkIteration(python, folder, rank, values.threads);
      const times = theirs / median(seconds.ours);
      console.log(
        `| ${rank} | Spark ${spark}, ${blas} | ${theirs.toFixed(1)} s an iteration | ${times.toFixed(1)} times ours |`,
      );
    }
  }
} finally {
  if (!values.scratch) rmSync(scratch, { recursive: true, force: true });
}
