/**
 * From raw rows to visits: compares the ETL of this repository, with feeds and checks, with a plain DuckDB script that does the same grouping and writes
 * sorted Parquet. In turns, each in a separate process.
 *
 *     npm run build
 *     node tools/bench/etl/index.mjs [--rows 5000000] [--rounds 3] [--memory 800] [--rival-memory 1000]
 *
 * Prints medians in seconds, peaks of memory in MB, and the ratio. Data are made from a fixed seed, in a temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
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
  const told = { ours: [], rival: [] };
  const run = (name, memory) => {
    const program = join(import.meta.dirname, `${name}.mjs`);
    const stdout = execFileSync(process.execPath, [program, file, join(folder, name), memory], { encoding: 'utf8' });
    rmSync(join(folder, name), { recursive: true });
    told[name].push(JSON.parse(stdout));
  };
  for (let round = 0; round < Number(values.rounds); round++) {
    run('ours', values.memory);
    run('rival', values['rival-memory']);
  }
  for (const [name, rounds] of Object.entries(told)) {
    const seconds = rounds.map((each) => each.seconds);
    const { visits } = rounds[0];
    const peak = Math.max(...rounds.map(({ peakMb }) => peakMb));
    console.log(
      `${name}: ${median(seconds).toFixed(1)} s (${seconds.map((each) => each.toFixed(1)).join(', ')}), ${peak} MB, ${visits} visits`,
    );
  }
  const ratio = median(told.ours.map(({ seconds }) => seconds)) / median(told.rival.map(({ seconds }) => seconds));
  console.log(`ours takes ${ratio.toFixed(2)} times as long`);
  if (told.ours[0].visits !== told.rival[0].visits) throw new Error('The two do not find the same visits.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
