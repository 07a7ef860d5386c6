// Puts an update of so many megabytes of Arrow data from a stream and reads it back, in a process of its own each, and prints the
// peak memory of both. Fails where the largest size needs over 20 % more than the smallest.
// node stream.mjs [MEGABYTES...]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openFeeds, streamed, visits } from '../support/built.mjs';

const [deed, root, size] = process.argv.slice(2);
if (deed === 'put' || deed === 'read') await child();
else parent(process.argv.length > 2 ? process.argv.slice(2).map(Number) : [200, 2000]);

async function child() {
  const feed = openFeeds(root).feed(streamed(visits));
  const started = performance.now();
  const producer = { id: 'memory', package: 'test', version: '0.0.0' };
  let rows = 0;
  if (deed === 'put') rows = (await feed.put(batches(Number(size) * 1e6), { producer })).totals.rows;
  else for await (const batch of await (await feed.latest()).read()) rows += batch.numRows;
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(JSON.stringify({ rows, peakMb, seconds }));
}

/** Eight batches of random visits, over and over: making them anew would take longer than writing them. */
async function* batches(bytes) {
  const { Table, TimestampMillisecond, Utf8, makeData, makeVector, vectorFromArray } = await import('apache-arrow');
  const rows = 65_536;
  let random = 1;
  const next = () => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  const texts = (text) => vectorFromArray(Array.from({ length: rows }, text), new Utf8());
  const made = Array.from({ length: 8 }, () => {
    const times = BigInt64Array.from({ length: rows }, () => 1_000_000_000_000n + BigInt(next()));
    const table = new Table({
      user_id: texts(() => `${next().toString(36)}@N${next() % 100}`),
      attraction_id: texts(() => `p:${next() % 1000}`),
      visited_at: makeVector(makeData({ type: new TimestampMillisecond('UTC'), data: times })),
      photos: makeVector(Int32Array.from({ length: rows }, () => 1 + (next() >>> 1))),
    });
    return table.batches[0];
  });
  for (let [n, put] = [0, 0]; put < bytes; n++) {
    const batch = made[n % made.length];
    put += batch.data.byteLength;
    yield batch;
  }
}

function parent(sizes) {
  const results = sizes.map((megabytes) => {
    const folder = mkdtempSync(join(tmpdir(), 'feeds-memory-'));
    const run = (what) => {
      const script = fileURLToPath(import.meta.url);
      const { status, stdout } = spawnSync(process.execPath, [script, what, folder, String(megabytes)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (status !== 0) throw new Error(`${what} of ${megabytes} MB ended with ${status}`);
      return JSON.parse(stdout);
    };
    const result = { megabytes, put: run('put'), read: run('read') };
    rmSync(folder, { recursive: true });
    return result;
  });
  const [first, last] = [results[0], results.at(-1)];
  const growth = {
    put: Number((last.put.peakMb / first.put.peakMb).toFixed(2)),
    read: Number((last.read.peakMb / first.read.peakMb).toFixed(2)),
  };
  console.log(JSON.stringify({ results, growth }, null, 2));
  process.exitCode = growth.put <= 1.2 && growth.read <= 1.2 ? 0 : 1;
}
