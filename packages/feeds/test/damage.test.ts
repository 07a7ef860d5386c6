import { describe, expect, test } from '@jest/globals';

import { recordBytes } from '../src/log/record.js';
import { attractions } from './support/contracts.js';
import type { FeedContract } from '../src/contract.js';
import type { UpdateRecord } from '../src/log/record.js';
import type { BlobStore } from '../src/store/blob-store.js';
import { memoryStore } from '../src/store/memory.js';
import { attraction, producer } from './support/samples.js';
import { contentOf, freshFeeds, STORES } from './support/stores.js';

const LOG = 'etl/attractions/v1.0/_log';
const record = (seq: number) => `${LOG}/${String(seq).padStart(20, '0')}.json`;
const dataOf = (update: UpdateRecord) => `${update.feed}/${update.files[0]?.path}`;

/** Three updates, then one file of the store changed behind its back. */
async function damaged(
  store: BlobStore,
  path: (updates: UpdateRecord[]) => string,
  change: (bytes: Uint8Array) => Uint8Array,
) {
  const updates: UpdateRecord[] = [];
  const feed = freshFeeds(store).feed(attractions);
  for (const poi of [1, 2, 3]) updates.push(await feed.put([attraction(poi)], { producer }));
  const where = path(updates);
  await store.overwrite(where, change((await store.read(where)) ?? new Uint8Array()));
  return { where, feed: freshFeeds(store).feed(attractions), writer: feed };
}

const flip = (at: number) => (bytes: Uint8Array) => bytes.with(at, (bytes[at] ?? 0) ^ 1);
const replace = (from: string, to: string) => (bytes: Uint8Array) =>
  new TextEncoder().encode(new TextDecoder().decode(bytes).replace(from, to));

async function consume(records: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of records) void _;
}

describe.each(STORES)('damage in the %s store', (_name, open) => {
  test('a data file cut short is told by its size, also to who has read it before', async () => {
    const { where, feed, writer } = await damaged(
      open(),
      ([, , third]) => dataOf(third as UpdateRecord),
      (b) => b.slice(0, -1),
    );
    for (const reader of [feed, writer]) {
      await expect((await reader.latest()).read()).rejects.toMatchObject({
        code: 'FEEDS_DATA_CORRUPT',
        message: expect.stringMatching(new RegExp(`${where} has \\d+ bytes; its record says \\d+`)),
      });
    }
    expect(await (await feed.at(2)).read()).toEqual([attraction(2)]);
  });

  test('one bit flipped in a data file is told by its hash', async () => {
    const { where, feed } = await damaged(open(), ([, , third]) => dataOf(third as UpdateRecord), flip(80));
    await expect((await feed.latest()).read()).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringMatching(new RegExp(`${where} has the SHA-256 [0-9a-f]{64}; its record says [0-9a-f]{64}`)),
    });
  });

  test('a data file that is gone is told, and the next put succeeds', async () => {
    const store = open();
    const { where, feed } = await damaged(
      store,
      ([, , third]) => dataOf(third as UpdateRecord),
      (b) => b,
    );
    await store.remove(where);
    await expect((await feed.latest()).read()).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining(`${where} is missing`),
    });
    await feed.put([attraction(4)], { producer });
    expect(await (await feed.latest()).read()).toEqual([attraction(4)]);
  });

  test('a record changed after the fact breaks the chain for every reader', async () => {
    const { feed } = await damaged(open(), () => record(2), replace('"rows":1', '"rows":7'));
    const broken = { code: 'FEEDS_RECORD_CORRUPT', message: expect.stringContaining('record 3 says') };
    await expect(feed.latest()).rejects.toMatchObject(broken);
    await expect(feed.at(2)).rejects.toMatchObject(broken);
    await expect(consume(feed.history())).rejects.toMatchObject(broken);
    await expect(consume(feed.since(0))).rejects.toMatchObject(broken);
    expect((await feed.at(3)).seq).toBe(3);
  });

  test('nobody builds on a broken chain', async () => {
    const store = open();
    const { feed } = await damaged(store, () => record(2), replace('"rows":1', '"rows":7'));
    const before = await contentOf(store);
    await expect(feed.put([attraction(4)], { producer })).rejects.toMatchObject({ code: 'FEEDS_RECORD_CORRUPT' });
    expect(await contentOf(store)).toEqual(before);
  });

  test('a record cut short is refused', async () => {
    const { feed } = await damaged(
      open(),
      () => record(3),
      (bytes) => bytes.slice(0, 100),
    );
    await expect(feed.latest()).rejects.toMatchObject({
      code: 'FEEDS_RECORD_CORRUPT',
      message: expect.stringContaining(record(3)),
    });
  });

  test('a record missing from the middle is refused', async () => {
    const store = open();
    const { feed } = await damaged(
      store,
      () => record(2),
      (bytes) => bytes,
    );
    await store.remove(record(2));
    await expect(feed.latest()).rejects.toMatchObject({ code: 'FEEDS_RECORD_CORRUPT' });
  });

  test.each(['', '0', '2', '1', '99', 'x', '3\n3\n'])('a hint that says %j harms nobody', async (hint) => {
    const { feed } = await damaged(
      open(),
      () => `${LOG}/_head`,
      () => Buffer.from(hint),
    );
    expect((await feed.latest()).seq).toBe(3);
    expect((await feed.put([attraction(4)], { producer })).seq).toBe(4);
    expect((await feed.latest()).seq).toBe(4);
  });
});

describe('what a reader does not know', () => {
  async function withRecord(change: Record<string, unknown>) {
    const store = memoryStore();
    const feed = freshFeeds(store).feed(attractions);
    const first = await feed.put([attraction(1)], { producer });
    await store.overwrite(record(1), recordBytes({ ...first, ...change }));
    return freshFeeds(store).feed(attractions);
  }

  test('a newer format of records is refused', async () => {
    await expect((await withRecord({ format: 2 })).latest()).rejects.toMatchObject({ code: 'FEEDS_FORMAT_UNKNOWN' });
  });

  test('another major version of the contract is refused, by latest and by seq', async () => {
    const feed = await withRecord({ version: '2.0' });
    const unknown = { code: 'FEEDS_VERSION_UNKNOWN', message: expect.stringContaining('2.0') };
    await expect(feed.latest()).rejects.toMatchObject(unknown);
    await expect(feed.at(1)).rejects.toMatchObject(unknown);
  });

  test('another codec is refused', async () => {
    const feed = await withRecord({ codec: 'avro' });
    await expect(feed.latest()).rejects.toMatchObject({ code: 'FEEDS_VERSION_UNKNOWN' });
  });

  test('another minor version is read', async () => {
    expect(await (await (await withRecord({ version: '1.7' })).latest()).read()).toEqual([attraction(1)]);
  });

  test('rows that the file has not are refused', async () => {
    const store = memoryStore();
    const first = await freshFeeds(store)
      .feed(attractions)
      .put([attraction(1)], { producer });
    const files = first.files.map((file) => ({ ...file, rows: 2 }));
    await store.overwrite(record(1), recordBytes({ ...first, files } as UpdateRecord));
    await expect((await freshFeeds(store).feed(attractions).latest()).read()).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining('has 1 rows; its record says 2'),
    });
  });
});

describe('a put that cannot be', () => {
  const bad = [{ ...attraction(1) }, { ...attraction(2), latitude: 91 }];

  test.each(STORES)('in the %s store leaves it as it was: a bad value', async (_name, open) => {
    const store = open();
    const feed = freshFeeds(store).feed(attractions);
    await feed.put([attraction(1)], { producer });
    const before = await contentOf(store);
    await expect(feed.put(bad, { producer })).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: 'Row 2: latitude is 91, outside -90 to 90.',
    });
    expect(await contentOf(store)).toEqual(before);
  });

  test('what comes back other than it was written is not committed, and not left', async () => {
    const store = memoryStore();
    const lying: BlobStore = { ...store, write: (path, bytes) => store.write(path, bytes.slice(0, -1)) };
    await expect(
      freshFeeds(lying)
        .feed(attractions)
        .put([attraction(1)], { producer }),
    ).rejects.toMatchObject({
      code: 'FEEDS_UNVERIFIED',
    });
    expect(await contentOf(store)).toEqual({});
  });

  test('a codec that loses rows is not committed', async () => {
    const forgetful: FeedContract<readonly unknown[]> = {
      path: 'a/b/v1.0',
      description: '',
      schema: [],
      codec: {
        format: 'none',
        encode: async function* (rows) {
          yield { name: 'part-00000.txt', bytes: new Uint8Array(3), rows: rows.length };
        },
        decode: async () => {
          throw new Error('lost.');
        },
      },
    };
    await expect(freshFeeds(memoryStore()).feed(forgetful).put([1], { producer })).rejects.toMatchObject({
      code: 'FEEDS_UNVERIFIED',
      message: 'Read back after writing: lost. Nothing was committed.',
    });
  });

  test.each([
    ['producer.id', { producer: { ...producer, id: '' } }],
    ['runId', { producer, runId: '' }],
    ['parents', { producer, parents: [{ feed: 'a', seq: 1, sha256: 'x' }] }],
    ['sources', { producer, sources: [{ path: '', bytes: 1, sha256: 'a'.repeat(64) }] }],
    ['checks', { producer, checks: { share: Number.NaN } }],
    ['lone surrogate', { producer, labels: { a: '\ud800' } }],
    ['Map', { producer: { ...producer, config: { map: new Map() } } }],
  ])('options a record cannot hold: %s', async (words, options) => {
    const store = memoryStore();
    await expect(freshFeeds(store).feed(attractions).put([], options)).rejects.toMatchObject({
      code: 'FEEDS_OPTIONS_INVALID',
      message: expect.stringContaining(words),
    });
    expect(await contentOf(store)).toEqual({});
  });
});

test('a record is what was committed, whatever the caller does with the options afterwards', async () => {
  const store = memoryStore();
  const feed = freshFeeds(store).feed(attractions);
  const config = { gapHours: 8 };
  const put = await feed.put([], { producer: { ...producer, config } });
  config.gapHours = 9;
  expect(put.producer.config).toEqual({ gapHours: 8 });
  expect(await feed.head()).toEqual(put);
});
