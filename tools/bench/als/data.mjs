/**
 * Seeded interactions of the shape of MovieLens-20M: log-normal histories, Zipf items, weights 1 to 10, no pair twice.
 *
 * A data set is a folder of raw little-endian arrays, so that both sides read the very same bytes: `offsets.u32` (users + 1),
 * `columns.u32` (ascending within a user), `weights.f32`, and `shape.json`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small fast generator (mulberry32): benchmark data need not be strong, only equal every time. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const normal = (next) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** How many items each user met: log-normal of deviation 1, scaled to `pairs` in all, at most a third of the items. */
function histories(next, { users, items, pairs }) {
  const raw = Float64Array.from({ length: users }, () => Math.exp(normal(next)));
  const scale = pairs / raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => Math.max(1, Math.min(Math.floor(items / 3), Math.round(value * scale))));
}

/** Draws items by Zipf's law with exponent 1 and an offset of 30 (the most popular one then meets about half of the users). */
function zipf(next, items) {
  const cumulative = new Float64Array(items);
  let sum = 0;
  for (let k = 0; k < items; k++) cumulative[k] = sum += 1 / (k + 30);
  const buckets = 65536;
  const starts = new Uint32Array(buckets + 1);
  for (let b = 0, k = 0; b <= buckets; b++) {
    while (k < items - 1 && cumulative[k] < (b / buckets) * sum) k++;
    starts[b] = k;
  }
  const order = Uint32Array.from({ length: items }, (_, k) => k);
  for (let k = items - 1; k > 0; k--) {
    const other = Math.floor(next() * (k + 1));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return () => {
    const share = next();
    let k = starts[Math.floor(share * buckets)];
    while (cumulative[k] < share * sum) k++;
    return order[k];
  };
}

/** Makes the data set, or reads the one made before. */
export function dataSet(folder, shape) {
  const file = (name) => join(folder, name);
  if (!existsSync(file('shape.json'))) {
    mkdirSync(folder, { recursive: true });
    const next = generator(shape.seed ?? 1);
    const lengths = histories(next, shape);
    const draw = zipf(next, shape.items);
    const offsets = new Uint32Array(shape.users + 1);
    for (let u = 0; u < shape.users; u++) offsets[u + 1] = offsets[u] + lengths[u];
    const columns = new Uint32Array(offsets[shape.users]);
    const met = new Int32Array(shape.items).fill(-1);
    for (let u = 0; u < shape.users; u++) {
      for (let k = offsets[u]; k < offsets[u + 1];) {
        const item = draw();
        if (met[item] === u) continue;
        met[item] = u;
        columns[k++] = item;
      }
      columns.subarray(offsets[u], offsets[u + 1]).sort();
    }
    const weights = Float32Array.from({ length: columns.length }, () => 1 + Math.floor(next() ** 3 * 10));
    writeFileSync(file('offsets.u32'), offsets);
    writeFileSync(file('columns.u32'), columns);
    writeFileSync(file('weights.f32'), weights);
    writeFileSync(file('shape.json'), JSON.stringify({ ...shape, pairs: columns.length }));
  }
  const bytes = (name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(file(name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  return {
    shape: JSON.parse(readFileSync(file('shape.json'), 'utf8')),
    offsets: new Uint32Array(bytes('offsets.u32')),
    columns: new Uint32Array(bytes('columns.u32')),
    weights: new Float32Array(bytes('weights.f32')),
  };
}

export const movieLensShape = { users: 138493, items: 26744, pairs: 19_000_000, seed: 1 };
