/** Ours, one iteration for each line on stdin; prints the seconds. Arguments: data folder, rank, threads, iterations. */
import { readSync, writeSync } from 'node:fs';

import { trainAls } from '../../../packages/als-trainer/dist/index.js';
import { dataSet } from './data.mjs';

const [folder, rank, threads, iterations] = process.argv.slice(2);
const { shape, offsets, columns, weights } = dataSet(folder);
const users = new Uint32Array(columns.length);
for (let u = 0; u < shape.users; u++) users.fill(u, offsets[u], offsets[u + 1]);

/** Pauses the training until a line comes; meanwhile its workers sleep. */
const waitForLine = () => readSync(0, Buffer.alloc(64));

const loaded = performance.now();

await trainAls(
  { userCount: shape.users, itemCount: shape.items, users, items: columns, weights },
  { preset: 'implicit', rank: Number(rank), iterations: Number(iterations) },
  {
    threads: Number(threads),
    onIteration({ iteration, seconds, loss }) {
      // The first iteration also loads and compiles, so it is not measured.
      if (iteration === 1) writeSync(1, `ready ${((performance.now() - loaded) / 1000 - seconds).toFixed(2)}\n`);
      else writeSync(1, `${seconds} ${loss}\n`);
      if (iteration < Number(iterations)) waitForLine();
    },
  },
);
