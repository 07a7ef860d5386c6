import { describe, expect, test } from '@jest/globals';

import { Table } from 'apache-arrow';

import { attractions, visits } from '../support/contracts.js';
import { streamed } from '../../src/codec/parquet-batches.js';
import type { Batches } from '../../src/codec/parquet-batches.js';
import { memoryStore } from '../../src/store/memory.js';
import { dictionary, producer, rowsOf, visitsTable } from '../support/samples.js';
import { freshFeeds, STORES } from '../support/stores.js';

const visit = (n: number) => ({
  user_id: `u${n % 97}`,
  attraction_id: `p:${n % 7}`,
  visited_at: 1e12 + n,
  photos: 1 + n,
});

/** Batches of `rows` visits each, numbered on. */
async function* numbered(batches: number, rows: number): Batches {
  for (let b = 0; b < batches; b++) {
    yield* visitsTable(Array.from({ length: rows }, (_, r) => visit(b * rows + r))).batches;
  }
}

/** One batch of 50,000 visits over and over, which is quicker to make. */
async function* repeated(batches: number): Batches {
  const { batches: made } = visitsTable(Array.from({ length: 50_000 }, (_, r) => visit(r)));
  for (let b = 0; b < batches; b++) yield* made;
}

async function rowsIn(batches: Batches): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const batch of batches) rows.push(...batch.toArray().map((row) => ({ ...row.toJSON() })));
  return rows;
}

describe.each(STORES)('a stream in the %s store', (_name, open) => {
  test('is what a table would be, both ways', async () => {
    const feeds = freshFeeds(open());
    const record = await feeds.feed(streamed(visits)).put(numbered(3, 4), { producer });
    expect(record).toMatchObject({ codec: 'parquet', version: '1.0', totals: { files: 1, rows: 12 } });
    const wanted = Array.from({ length: 12 }, (_, n) => visit(n));
    expect(rowsOf(await (await feeds.feed(visits).latest()).read())).toEqual(wanted);
    await feeds.feed(visits).put(visitsTable(wanted), { producer });
    expect(await rowsIn(await (await feeds.feed(streamed(visits)).latest()).read())).toEqual(wanted);
  });
});

describe.each(STORES)('a reader that has begun to stream, in the %s store', (_name, open) => {
  /** A feed whose first update, of several parts, expires while it is read, and is purged `graceMs` and more later. */
  async function expiringUnderAReader(graceMs: number) {
    const store = open();
    const feed = freshFeeds(store).feed(streamed(visits));
    await feed.put(repeated(24), { producer });
    const reader = (await (await freshFeeds(store).feed(streamed(visits)).latest()).read())[Symbol.asyncIterator]();
    let rows = (await reader.next()).value.numRows;
    await feed.put(numbered(1, 1), { producer });
    await feed.expire({ keepLast: 1 }, { producer, dryRun: false, graceMs });
    const purge = await feed.purge({ producer, dryRun: false });
    const rest = async () => {
      for (let next = await reader.next(); !next.done; next = await reader.next()) rows += next.value.numRows;
      return rows;
    };
    return { purge, rest };
  }

  test('finishes though the update expires, as long as the grace lasts', async () => {
    const { purge, rest } = await expiringUnderAReader(60_000);
    expect(purge).toMatchObject({ purged: [], waiting: [1] });
    expect(await rest()).toBe(24 * 50_000);
  });

  test('is told that it has expired once the grace is over', async () => {
    const { purge, rest } = await expiringUnderAReader(0);
    expect(purge).toMatchObject({ purged: [1] });
    await expect(rest()).rejects.toMatchObject({ code: 'FEEDS_EXPIRED' });
  });
});

test('larger ones are several parts, read one at a time, in order, and as often as wanted', async () => {
  const store = memoryStore();
  const feed = freshFeeds(store).feed(streamed(visits));
  const record = await feed.put(repeated(24), { producer });
  expect(record.files.length).toBeGreaterThan(1);
  expect(record.files.map(({ path }) => /part-\d+/.exec(path)?.[0])).toEqual(
    record.files.map((_, part) => `part-${String(part).padStart(5, '0')}`),
  );
  const opened: string[] = [];
  const watched = { ...store, read: (path: string) => (opened.push(path), store.read(path)) };
  const batches = await (await freshFeeds(watched).feed(streamed(visits)).latest()).read();
  const data = () => opened.filter((path) => path.endsWith('.parquet')).length;
  expect(data()).toBe(0);
  for (let pass = 1; pass <= 2; pass++) {
    let n = 0;
    for await (const batch of batches) {
      expect(batch.getChild('photos')?.get(0)).toBe(1 + (n % 50_000));
      if (pass === 1 && n === 0) expect(data()).toBe(1);
      n += batch.numRows;
    }
    expect(n).toBe(1_200_000);
  }
});

test('a part of several row groups is read in order', async () => {
  const feeds = freshFeeds(memoryStore());
  const batches = [];
  for await (const batch of repeated(22)) batches.push(batch);
  await feeds.feed(visits).put(new Table(batches), { producer });
  let n = 0;
  for await (const batch of await (await feeds.feed(streamed(visits, { columns: ['photos'] })).latest()).read()) {
    for (const photos of batch.getChild('photos') ?? []) if (photos !== 1 + (n++ % 50_000)) throw new Error(`row ${n}`);
  }
  expect(n).toBe(1_100_000);
});

test('columns that are not asked for are not decoded', async () => {
  const feeds = freshFeeds(memoryStore());
  await feeds.feed(visits).put(visitsTable([visit(1)]), { producer });
  const photos = feeds.feed(streamed(visits, { columns: ['photos', 'user_id'] }));
  expect(await rowsIn(await (await photos.latest()).read())).toEqual([{ user_id: 'u1', photos: 2 }]);
});

test('no batch, and batches without rows, are an update without rows', async () => {
  const feeds = freshFeeds(memoryStore());
  for (const batches of [numbered(0, 0), numbered(2, 0)]) {
    await feeds.feed(streamed(visits)).put(batches, { producer });
    expect((await (await feeds.feed(visits).latest()).read()).numRows).toBe(0);
    expect(await rowsIn(await (await feeds.feed(streamed(visits)).latest()).read())).toEqual([]);
  }
});

test('texts may be dictionary-encoded in some batches', async () => {
  const feeds = freshFeeds(memoryStore());
  async function* mixed(): Batches {
    yield* visitsTable([visit(0)], { user_id: dictionary() }).batches;
    yield* visitsTable([visit(1)]).batches;
  }
  await feeds.feed(streamed(visits)).put(mixed(), { producer });
  expect(rowsOf(await (await feeds.feed(visits).latest()).read())).toEqual([visit(0), visit(1)]);
});

test('the first bad row is named by its place in the whole, and nothing stays', async () => {
  const store = memoryStore();
  const feed = freshFeeds(store).feed(streamed(visits));
  async function* bad(): Batches {
    yield* numbered(2, 10);
    yield* visitsTable([visit(0), { ...visit(1), photos: 0 }]).batches;
  }
  await expect(feed.put(bad(), { producer })).rejects.toMatchObject({
    code: 'FEEDS_VALUE_INVALID',
    message: 'Row 22: photos is 0, outside 1 to 2147483647.',
  });
  expect(await store.children('')).toEqual([]);
});

test('a source that fails halfway leaves nothing', async () => {
  const store = memoryStore();
  async function* failing(): Batches {
    yield* repeated(20);
    throw new Error('the source broke');
  }
  await expect(freshFeeds(store).feed(streamed(visits)).put(failing(), { producer })).rejects.toThrow('broke');
  expect(await store.children('')).toEqual([]);
});

test('only Parquet is streamed, and only columns there are', () => {
  expect(() => streamed(attractions)).toThrow('etl/attractions/v1.0 is written as csv; only Parquet can be streamed.');
  expect(() => streamed(visits, { columns: ['user'] })).toThrow('has no column user; it has user_id, ');
});
