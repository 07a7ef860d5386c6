/**
 * A folder of feeds the size of a large operator's: seeded visits to ten parks, in the order of their time, and the models trained on them.
 * Made once; a folder that has a model is taken as it is.
 */
import { Int32, TimestampMillisecond, Utf8, makeData, RecordBatch, Struct, Field, Schema, Table } from 'apache-arrow';
import { als, attractions, visits } from '../../../packages/contracts/dist/index.js';
import { openFeeds, parentOf } from '../../../packages/feeds/dist/index.js';
import { runTrain, trainSettings } from '../../../packages/als-trainer/dist/index.js';
import { readConfig } from '../../../packages/config/dist/index.js';

const PARKS = 10;
const YEARS_MS = 2 * 365 * 86_400_000;
const BEGAN_MS = Date.UTC(2024, 0, 1);
export const producer = { id: 'bench', package: 'bench', version: '0.0.0' };

export const userIdOf = (user) => `${String(10_000_000 + user)}@N0${user % 10}`;
export const parkOf = (item) => `park${item % PARKS}`;
export const attractionIdOf = (item) => `${parkOf(item)}:${item}`;

/** Makes the feeds, or takes those that are there. Says how long each step took, in seconds. */
export async function feedsIn(folder, { users, rows, items, rank, seed = 1 }, say) {
  const store = openFeeds(folder);
  if ((await store.feed(als).head()) !== undefined) return store;
  const named = Array.from({ length: items }, (_, item) => ({
    attractionId: attractionIdOf(item),
    park: parkOf(item),
    name: `Ride ${item}`,
    themes: [['water', 'thrill', 'family', 'show'][item % 4]],
    latitude: 28 + (item % PARKS) + ((item * 7_919) % 1_000) / 100_000,
    longitude: -81 + ((item * 104_729) % 1_000) / 100_000,
  }));
  const step = async (name, act) => {
    const begin = performance.now();
    const result = await act();
    say(`${name}: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    return result;
  };
  const places = await store.feed(attractions).put(named, { producer });
  const table = await step('visits made', async () => visitsOf({ users, rows, items }, generator(seed)));
  await step('visits put', () => store.feed(visits).put(table, { producer, parents: [parentOf(places)] }));
  const config = readConfig(trainSettings, { FEEDS_ROOT: folder, ALS_RANK: String(rank) });
  await step('models trained', () => runTrain(config, { store, logger: { info: () => {} } }));
  return store;
}

/** Log-normal histories in one or two parks each, attractions by Zipf's law within a park, four minutes to an hour apart. */
function visitsOf({ users, rows, items }, next) {
  const lengths = Float64Array.from({ length: users }, () => Math.exp(normal(next)));
  const scale = rows / lengths.reduce((sum, length) => sum + length, 0);
  const perPark = items / PARKS;
  const drawn = { user: new Uint32Array(rows), item: new Uint32Array(rows), time: new Float64Array(rows) };
  for (let user = 0, row = 0, due = 0; row < rows; user++) {
    due += (lengths[user] ?? rows) * scale;
    const end = Math.min(rows, Math.max(row + 1, Math.round(due)));
    const parks = [Math.floor(next() * PARKS), Math.floor(next() * PARKS)];
    for (let left = 0, time = 0, park = 0; row < end; row++, left--) {
      if (left <= 0) {
        left = 4 + Math.floor(next() * 8);
        park = parks[next() < 0.8 ? 0 : 1];
        time = BEGAN_MS + Math.floor((next() * YEARS_MS) / 86_400_000) * 86_400_000 + (9 + next() * 3) * 3_600_000;
      }
      time += (4 + next() * 56) * 60_000;
      drawn.user[row] = user;
      drawn.item[row] = park + PARKS * Math.floor(perPark ** next() - 1 + 1e-9);
      drawn.time[row] = Math.round(time);
    }
  }
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => drawn.time[a] - drawn.time[b]);
  return tableOf({
    user_id: texts(order, (row) => userIdOf(drawn.user[row])),
    attraction_id: texts(order, (row) => attractionIdOf(drawn.item[row])),
    visited_at: makeData({
      type: new TimestampMillisecond('UTC'),
      data: BigInt64Array.from(order, (row) => BigInt(drawn.time[row])),
    }),
    photos: makeData({ type: new Int32(), data: new Int32Array(rows).fill(1) }),
  });
}

function texts(order, textOf) {
  const bytes = Buffer.alloc(order.length * 16);
  const valueOffsets = new Int32Array(order.length + 1);
  order.forEach((row, place) => {
    valueOffsets[place + 1] = valueOffsets[place] + bytes.write(textOf(row), valueOffsets[place], 'latin1');
  });
  return makeData({
    type: new Utf8(),
    length: order.length,
    nullCount: 0,
    valueOffsets,
    data: bytes.subarray(0, valueOffsets[order.length]),
  });
}

function tableOf(columns) {
  const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, false));
  const children = Object.values(columns);
  const type = new Struct(fields);
  const batch = makeData({ type, length: children[0].length, nullCount: 0, children });
  return new Table(new Schema(fields), [new RecordBatch(new Schema(fields), batch)]);
}

/** mulberry32: benchmark data need only be equal every time. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const normal = (next) => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
