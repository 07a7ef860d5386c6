/**
 * From raw rows to visits: compares the ETL of this repository, with feeds and checks, with a plain DuckDB script that does the same grouping and writes
 * sorted Parquet, and with one that does by hand what a feed promises besides: bad lines, hashes, counts of what was written. In turns, each in a separate process.
 *
 *     npm run build
 *     node tools/bench/etl/index.mjs [--rows 5000000] [--rounds 3] [--memory 800] [--rival-memory 1000]
 *
 * `peer.py` beside it does the same grouping by Polars in memory, for people to see; it is run by hand.
 *
 * Prints medians in seconds, peaks of memory in MB, and medians, least and greatest of the ratios of the rounds: that of the time of processors (user and system) is less
 * disturbed by what else the machine does. Then what a later night takes, each from an empty feed, as a share of a full run: with a
 * file of 1 % more rows of the same users, items and times, and with nothing new, the start of the process included. Data are made from a fixed seed, in a
 * temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeRows } from './data.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '5000000' },
    rounds: { type: 'string', default: '3' },
    memory: { type: 'string', default: '800' },
    'rival-memory': { type: 'string', default: '1000' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-etl-'));
try {
  const file = join(folder, 'events.csv');
  await makeRows(Number(values.rows), file);
  const megabytes = Math.round(statSync(file).size / 1e6);
  console.log(
    `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${values.rows} rows, ${megabytes} MB of CSV`,
  );
  const told = { ours: [], rival: [], 'by-hand': [] };
  const run = (name, memory) => {
    const program = join(import.meta.dirname, `${name}.mjs`);
    const stdout = execFileSync(process.execPath, [program, file, join(folder, name), memory], { encoding: 'utf8' });
    rmSync(join(folder, name), { recursive: true });
    told[name].push(JSON.parse(stdout));
  };
  for (let round = 0; round < Number(values.rounds); round++) {
    run('ours', values.memory);
    run('rival', values['rival-memory']);
    run('by-hand', values['rival-memory']);
  }
  for (const [name, rounds] of Object.entries(told)) {
    const seconds = rounds.map((each) => each.seconds);
    const processor = rounds.map((each) => each.processor);
    const { visits } = rounds[0];
    const peak = Math.max(...rounds.map(({ peakMb }) => peakMb));
    console.log(
      `${name}: ${median(seconds).toFixed(1)} s (${seconds.map((each) => each.toFixed(1)).join(', ')}), ${median(processor).toFixed(1)} s of processors (${processor.map((each) => each.toFixed(1)).join(', ')}), ${peak} MB, ${visits} visits`,
    );
  }
  for (const name of ['rival', 'by-hand']) {
    const ratios = ['seconds', 'processor'].map((what) => {
      const each = told.ours.map((ours, round) => ours[what] / told[name][round][what]).toSorted((a, b) => a - b);
      return `${median(each).toFixed(2)} (${each[0].toFixed(2)} to ${each.at(-1).toFixed(2)})`;
    });
    console.log(`ours takes ${ratios[0]} times as long as ${name}, and ${ratios[1]} times the time of processors`);
  }
  await nights(Number(values.rows));
  if (Object.values(told).some(([{ visits }]) => visits !== told.ours[0].visits))
    throw new Error('Not all find the same visits.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A full run, a run with nothing new and one with 1 % more rows, in turns. */
async function nights(rows) {
  const [aside, more] = [join(folder, 'more'), join(folder, 'events-2.csv')];
  await makeRows(rows / 100, aside, { first: rows, users: Math.ceil(rows / 20) });
  const told = { all: [], nothing: [], new: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    const feeds = join(folder, 'feeds');
    for (const expected of ['all', 'nothing', 'new']) {
      if (expected === 'new') renameSync(aside, more);
      const begin = performance.now();
      const program = join(import.meta.dirname, 'ours.mjs');
      const files = join(folder, 'events*.csv');
      const ran = execFileSync(process.execPath, [program, files, feeds, values.memory], { encoding: 'utf8' });
      const { read } = JSON.parse(ran);
      if (read !== expected) throw new Error(`It read '${read}', not '${expected}'.`);
      told[expected].push({ ...JSON.parse(ran), seconds: (performance.now() - begin) / 1_000 });
    }
    renameSync(more, aside);
    rmSync(feeds, { recursive: true });
  }
  const all = median(told.all.map(({ seconds }) => seconds));
  for (const [name, label] of [
    ['new', '1 % more rows'],
    ['nothing', 'nothing new'],
  ]) {
    const seconds = told[name].map((each) => each.seconds);
    const peak = Math.max(...told[name].map(({ peakMb }) => peakMb));
    const share = ((100 * median(seconds)) / all).toFixed(1);
    console.log(
      `${label}: ${median(seconds).toFixed(2)} s (${seconds.map((each) => each.toFixed(2)).join(', ')}) with the process, ${peak} MB, ${share} % of ${all.toFixed(1)} s`,
    );
  }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
