// How long latest() takes in a folder with 10 updates and with 100,000, in turns. Prints both as JSON. node long.mjs [UPDATES]
// All updates name the same data file: the log is what is measured.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { attractions, openFeeds } from '../support/built.mjs';

const ROUNDS = 200;
const producer = { id: 'test', package: 'test', version: '0.0.0' };

/** A folder with a feed of so many updates: the first is put, the others are written as the format says. */
async function folderOf(updates) {
  const root = await mkdtemp(join(tmpdir(), 'feeds-long-'));
  const rows = [{ attractionId: 'p:1', park: 'p', name: 'Ride', themes: [] }];
  const first = await openFeeds(root).feed(attractions).put(rows, { producer });
  const log = join(root, attractions.path, '_log');
  const name = (seq) => join(log, `${String(seq).padStart(20, '0')}.json`);
  let bytes = await readFile(name(1));
  for (let seq = 2; seq <= updates; seq++) {
    const prev = createHash('sha256').update(bytes).digest('hex');
    const timestamp = new Date(Date.parse(first.timestamp) + seq - 1).toISOString();
    bytes = Buffer.from(JSON.stringify({ ...JSON.parse(bytes), seq, prev, timestamp, refs: { latest: seq } }));
    await writeFile(name(seq), bytes);
  }
  await writeFile(join(log, '_head'), `${updates}\n`);
  return root;
}

const roots = [await folderOf(10), await folderOf(Number(process.argv[2] ?? 100_000))];
const milliseconds = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, root] of roots.entries()) {
    const begin = performance.now();
    await openFeeds(root).feed(attractions).latest();
    milliseconds[i].push(performance.now() - begin);
  }
}
for (const root of roots) await rm(root, { recursive: true });
const [few, many] = milliseconds.map((all) => all.sort((a, b) => a - b));
const told = (all) => ({
  median: Number(all[ROUNDS / 2].toFixed(3)),
  p10: Number(all[ROUNDS / 10].toFixed(3)),
  p90: Number(all[(ROUNDS * 9) / 10].toFixed(3)),
});
console.log(JSON.stringify({ few: told(few), many: told(many) }));
