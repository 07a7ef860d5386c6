/**
 * How long it takes to turn a feed of 20 M visits into both orientations of a sparse matrix, compared with one iteration at rank 64 on that matrix.
 *
 *     npm run build && node tools/bench/als/csr.mjs [--rows 20000000] [--rounds 3] [--threads 2] [--scratch DIR]
 *
 * The visits are those of `data.mjs`, the shape of MovieLens-20M, with every twentieth pair visited again. Prints seconds: reading the feed (Parquet to
 * Arrow), numbering users and attractions, both orientations, an iteration.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RecordBatch, Struct, Field, Schema, Int32, TimestampMillisecond, Utf8, makeData } from 'apache-arrow';

import { visits } from '../../../packages/contracts/dist/index.js';
import { openFeeds, streamed } from '../../../packages/feeds/dist/index.js';
import { resolveOptions } from '../../../packages/als-trainer/dist/options.js';
import { fastestSpace } from '../../../packages/als-trainer/dist/fastest-kernel.js';
import { preparePairs } from '../../../packages/als-trainer/dist/prepare.js';
import { trainOriented } from '../../../packages/als-trainer/dist/train.js';
import { indexVisits } from '../../../packages/als-trainer/dist/visits.js';
import { dataSet, movieLensShape } from './data.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000000' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    scratch: { type: 'string' },
  },
});
const scratch = values.scratch ?? mkdtempSync(join(tmpdir(), 'als-csr-'));
const root = join(scratch, 'csr-feeds');
const BATCH_ROWS = 500_000;

/** A column of texts, written by `write(row, bytes, at)`, which gives where the text ends. */
function texts(rows, longest, write) {
  const bytes = new Uint8Array(rows * longest);
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) offsets[row + 1] = write(row, bytes, offsets[row]);
  return makeData({
    type: new Utf8(),
    length: rows,
    nullCount: 0,
    valueOffsets: offsets,
    data: bytes.subarray(0, offsets[rows]),
  });
}

/** Writes a letter and a number of eight digits. */
function writeId(letter, number, bytes, at) {
  bytes[at] = letter;
  for (let digit = 8; digit >= 1; digit--, number = Math.floor(number / 10)) bytes[at + digit] = 48 + (number % 10);
  return at + 9;
}

async function* batches(count) {
  const scale = count / 20_000_000;
  const shape = {
    ...movieLensShape,
    users: Math.round(movieLensShape.users * scale),
    pairs: Math.round(movieLensShape.pairs * scale),
  };
  const { shape: made, offsets, columns } = dataSet(join(scratch, `csr-data-${count}`), shape);
  const userOf = new Uint32Array(columns.length);
  for (let u = 0; u < made.users; u++) userOf.fill(u, offsets[u], offsets[u + 1]);
  // A stride that shares no factor with the number of pairs: rows come in no order.
  let stride = 7_919;
  while (columns.length % stride === 0) stride += 2;
  for (let from = 0; from < count; from += BATCH_ROWS) {
    const rows = Math.min(BATCH_ROWS, count - from);
    const pair = (row) => ((from + row) * stride) % columns.length;
    const children = [
      texts(rows, 9, (row, bytes, at) => writeId(117, userOf[pair(row)], bytes, at)),
      texts(rows, 9, (row, bytes, at) => writeId(112, columns[pair(row)], bytes, at)),
      makeData({
        type: new TimestampMillisecond('UTC'),
        length: rows,
        data: BigInt64Array.from({ length: rows }, (_, row) => BigInt(1e12 + 1000 * (from + row))),
      }),
      makeData({ type: new Int32(), length: rows, data: new Int32Array(rows).fill(1) }),
    ];
    const fields = ['user_id', 'attraction_id', 'visited_at', 'photos'].map(
      (name, c) => new Field(name, children[c].type, false),
    );
    yield new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length: rows, children }));
  }
}

const figure = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1].toFixed(2)} (${sorted[0].toFixed(2)}..${sorted.at(-1).toFixed(2)})`;
};
const timed = async (act) => {
  const begin = performance.now();
  const made = await act();
  return [made, (performance.now() - begin) / 1000];
};

try {
  const feeds = openFeeds(root);
  if ((await feeds.feed(visits).head()) === undefined) {
    await feeds
      .feed(streamed(visits))
      .put(batches(Number(values.rows)), { producer: { id: 'bench', package: 'bench', version: '0.0.0' } });
  }
  const seconds = { read: [], number: [], orient: [], iteration: [], ratio: [] };
  const options = resolveOptions({ rank: 64, iterations: 3 });
  for (let round = 0; round < Number(values.rounds); round++) {
    const update = await openFeeds(root).feed(visits).latest();
    const [table, read] = await timed(() => update.read());
    const [{ interactions }, number] = await timed(() => indexVisits(table));
    const [pairs, orient] = await timed(() => preparePairs(interactions, options, fastestSpace(options)));
    const { history } = await trainOriented({ ...interactions, pairs }, options, { threads: Number(values.threads) });
    const iteration = history.at(-1).seconds;
    if (round === 0)
      console.log(
        `${table.numRows} rows, ${interactions.userCount} users, ${interactions.itemCount} attractions, ${pairs.byUser.columns.length} pairs; ${values.threads} threads`,
      );
    for (const [name, value] of Object.entries({
      read,
      number,
      orient,
      iteration,
      ratio: (number + orient) / iteration,
    }))
      seconds[name].push(value);
  }
  console.log(
    `read the feed ${figure(seconds.read)} s, number ${figure(seconds.number)} s, orient ${figure(seconds.orient)} s, an iteration ${figure(seconds.iteration)} s`,
  );
  console.log(`(number + orient) / iteration: ${figure(seconds.ratio)}`);
} finally {
  if (!values.scratch) rmSync(scratch, { recursive: true, force: true });
}
