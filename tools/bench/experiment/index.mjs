/**
 * The read-out of an experiment from feeds of many rows, half of them lists shown and half events: by the command line, in a process of its own.
 *
 *     npm run build
 *     node tools/bench/experiment/index.mjs [--rows 10000000] [--rounds 1] [--feeds FOLDER]
 *
 * Prints the seconds and the peak of resident memory of each round, and fails unless every exposure recomputes and the effect in the data is found. Data are made
 * from a fixed seed in a temporary folder; with `--feeds` in that folder, where they stay and are not made again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFeeds } from './data.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '1' },
    feeds: { type: 'string' },
  },
});
const program = join(import.meta.dirname, '../../../packages/pipeline/bin/attractions.js');
const folder = mkdtempSync(join(tmpdir(), 'bench-experiment-'));
const feeds = values.feeds ?? join(folder, 'feeds');
const metrics = [
  { name: 'clicked', type: 'proportion', event: 'click' },
  { name: 'clicks', type: 'count', event: 'click' },
  { name: 'spent', type: 'mean', event: 'buy', windowDays: 7 },
  { name: 'rate', type: 'ratio', event: 'click', denominator: 'view' },
];
try {
  writeFileSync(join(folder, 'attractions.config.json'), JSON.stringify({ experiments: { metrics } }));
  if (!existsSync(feeds)) {
    const begin = performance.now();
    await makeFeeds(Number(values.rows), feeds);
    console.log(`made in ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  }
  console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${metrics.length} metrics`);
  for (let round = 0; round < Number(values.rounds); round++) {
    const { report, seconds, peakMb } = await readOut();
    const { lists, recomputed } = report.exposures;
    const users = report.panels.reduce((sum, panel) => sum + panel.users, 0);
    console.log(
      `${values.rows} rows, ${lists} lists, ${users} users: ${seconds.toFixed(1)} s, ${peakMb.toFixed(0)} MB`,
    );
    console.log(report.verdict);
    const found = report.metrics.map(({ panels }) => panels[1].difference?.conclusion);
    if (recomputed !== lists || found[0] !== 'better') throw new Error(`Found ${JSON.stringify(found)}.`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function readOut() {
  const begin = performance.now();
  const child = spawn(process.execPath, [program, 'experiment', 'report', '--json'], {
    cwd: folder,
    env: { PATH: process.env.PATH, TMPDIR: tmpdir(), FEEDS_ROOT: feeds },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
  let peakMb = 0;
  const watch = setInterval(() => {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(statusOf(child.pid)) ?? [];
    peakMb = Math.max(peakMb, Number(kilobytes ?? 0) / 1_024);
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`The report ended with ${code}.`);
  return { report: JSON.parse(text), seconds: (performance.now() - begin) / 1_000, peakMb };
}

function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
