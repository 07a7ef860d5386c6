/**
 * Seeded visits of any number, put into a feed as a stream: user after user, each in the order of time, as `etl` writes them. Histories are log-normal, in one
 * or two of ten parks, attractions by Zipf's law within a park.
 */
import {
  Field,
  Int32,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  makeData,
  vectorFromArray,
} from 'apache-arrow';
import { attractions, visits } from '../../../packages/contracts/dist/index.js';
import { openFeeds, parentOf, streamed } from '../../../packages/feeds/dist/index.js';
import { attractionIdOf, generator, normal, parkOf, producer, userIdOf } from '../load/data.mjs';

const PARKS = 10;
const YEARS_MS = 2 * 365 * 86_400_000;
const BEGAN_MS = Date.UTC(2024, 0, 1);
const BATCH_ROWS = 1 << 16;

/** Puts the visits into a folder of feeds, or takes those that are there. */
export async function visitsIn(folder, { users, rows, items, seed = 1 }) {
  const store = openFeeds(folder);
  if ((await store.feed(visits).head()) !== undefined) return store;
  const named = Array.from({ length: items }, (_, item) => ({
    attractionId: attractionIdOf(item),
    park: parkOf(item),
    name: `Ride ${item}`,
    themes: [['water', 'thrill', 'family', 'show'][item % 4]],
    latitude: 28 + (item % PARKS) + ((item * 7_919) % 1_000) / 100_000,
    longitude: -81 + ((item * 104_729) % 1_000) / 100_000,
  }));
  const places = await store.feed(attractions).put(named, { producer });
  const batches = batchesOf(visitsOf({ users, rows, items }, generator(seed)));
  await store.feed(streamed(visits)).put(batches, { producer, parents: [parentOf(places)] });
  return store;
}

/** One visit after the other: user, item, time. */
function* visitsOf({ users, rows, items }, next) {
  const lengths = Float64Array.from({ length: users }, () => Math.exp(normal(next)));
  const scale = rows / lengths.reduce((sum, length) => sum + length, 0);
  for (let user = 0, row = 0, due = 0; row < rows; user++) {
    due += (lengths[user] ?? rows) * scale;
    const end = Math.min(rows, Math.max(row + 1, Math.round(due)));
    const parks = [Math.floor(next() * PARKS), Math.floor(next() * PARKS)];
    const days = Float64Array.from({ length: Math.ceil((end - row) / 8) }, () =>
      Math.floor((next() * YEARS_MS) / 86_400_000),
    );
    for (const day of days.sort()) {
      const park = parks[next() < 0.8 ? 0 : 1];
      let time = BEGAN_MS + day * 86_400_000 + (9 + next() * 3) * 3_600_000;
      for (let visit = 0; visit < 8 && row < end; visit++, row++) {
        time += (4 + next() * 56) * 60_000;
        yield [user, park + PARKS * Math.floor((items / PARKS) ** next() - 1 + 1e-9), Math.round(time)];
      }
    }
  }
}

async function* batchesOf(made) {
  let pending = [];
  for (const visit of made) {
    pending.push(visit);
    if (pending.length < BATCH_ROWS) continue;
    yield batchOf(pending);
    pending = [];
  }
  if (pending.length > 0) yield batchOf(pending);
}

function batchOf(made) {
  const texts = (of) => vectorFromArray(made.map(of), new Utf8()).data[0];
  const columns = {
    user_id: texts(([user]) => userIdOf(user)),
    attraction_id: texts(([, item]) => attractionIdOf(item)),
    visited_at: makeData({
      type: new TimestampMillisecond('UTC'),
      data: BigInt64Array.from(made, ([, , time]) => BigInt(time)),
    }),
    photos: makeData({ type: new Int32(), data: new Int32Array(made.length).fill(1) }),
  };
  const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, false));
  const children = Object.values(columns);
  const data = makeData({ type: new Struct(fields), length: made.length, nullCount: 0, children });
  return new RecordBatch(new Schema(fields), data);
}
