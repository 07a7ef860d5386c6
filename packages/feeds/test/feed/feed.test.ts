import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { sha256 } from '../../src/canonical.js';
import { attractions, visits } from '../support/contracts.js';
import { parentOf, recordBytes } from '../../src/log/record.js';
import type { UpdateRecord } from '../../src/log/record.js';
import { logPaths } from '../../src/log/log.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { memoryStore } from '../../src/store/memory.js';
import { attraction, producer, rowsOf, visitsTable } from '../support/samples.js';
import { clockAt, contentOf, counting, freshFeeds, STORES } from '../support/stores.js';

async function all<R>(records: AsyncIterable<R>): Promise<R[]> {
  const found: R[] = [];
  for await (const record of records) found.push(record);
  return found;
}

describe.each(STORES)('a feed in the %s store', (name, open) => {
  test('is empty before the first put, in words', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(attractions);
    expect(await feed.head()).toBeUndefined();
    expect(await all(feed.history())).toEqual([]);
    expect(await all(feed.since(0))).toEqual([]);
    for (const ask of [() => feed.latest(), () => feed.at(1), () => feed.asOf(new Date())]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'FEEDS_EMPTY',
        message: expect.stringContaining('etl/attractions/v1.0'),
      });
    }
    expect(await store.children('')).toEqual([]);
  });

  test('gives every update back, by latest, seq and time', async () => {
    const clock = clockAt('2026-11-22T22:00:00.000Z');
    const feeds = freshFeeds(open(), clock);
    const feed = feeds.feed(attractions);
    for (const [i, time] of [
      '2026-11-22T22:03:11.123Z',
      '2026-11-23T22:03:11.123Z',
      '2026-11-24T22:03:11.123Z',
    ].entries()) {
      clock.set(time);
      await feed.put([attraction(i + 1)], { producer });
    }
    expect(await (await feed.latest()).read()).toEqual([attraction(3)]);
    expect(await (await feed.at(1)).read()).toEqual([attraction(1)]);
    expect((await feed.asOf(new Date('2026-11-23T22:03:11.122Z'))).seq).toBe(1);
    expect((await feed.asOf(new Date('2026-11-23T22:03:11.123Z'))).seq).toBe(2);
    expect((await feed.asOf(new Date('2030-01-01'))).seq).toBe(3);
    expect((await all(feed.history())).map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect((await all(feed.since(1))).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(await all(feed.since(3))).toEqual([]);
    expect((await feed.head())?.seq).toBe(3);
    expect(await feeds.list()).toEqual(['etl/attractions/v1.0']);
  });

  test('says which updates there are when asked for another', async () => {
    const feed = freshFeeds(open()).feed(attractions);
    await feed.put([], { producer });
    for (const seq of [0, 2, -1, 1.5, Number.NaN]) {
      await expect(feed.at(seq)).rejects.toMatchObject({ code: 'FEEDS_NO_SUCH_UPDATE' });
    }
    await expect(feed.asOf(new Date('2020-01-01'))).rejects.toMatchObject({
      code: 'FEEDS_NO_SUCH_UPDATE',
      message: expect.stringContaining('at 2020-01-01T00:00:00.000Z or before'),
    });
  });

  test('keeps the records and data of updates as they are when others follow', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(attractions);
    await feed.put([attraction(1)], { producer });
    const before = await contentOf(store);
    await feed.put([attraction(2)], { producer });
    const after = await contentOf(store);
    for (const [path, content] of Object.entries(before))
      if (!path.endsWith('/_head')) expect(after[path]).toBe(content);
    expect(Object.keys(after)).toHaveLength(Object.keys(before).length + 2);
  });

  test('commits a whole manifest', async () => {
    const store = open();
    const clock = clockAt('2026-11-22T22:03:11.123Z');
    const feeds = freshFeeds(store, clock);
    const parent = await feeds.feed(attractions).put([attraction(1)], { producer });
    const table = visitsTable([{ user_id: 'ann', attraction_id: 'p:1', visited_at: 1e12, photos: 2 }]);
    const record = await feeds.feed(visits).put(table, {
      producer: { ...producer, gitSha: 'abc', config: { gapHours: 8, none: undefined } },
      runId: 'night-1',
      parents: [parentOf(parent)],
      sources: [{ path: 'raw.csv', bytes: 3, sha256: sha256('raw') }],
      labels: { purpose: 'test' },
      checks: { rejectShare: 0.01, ok: true },
    });
    expect(record).toMatchObject({
      format: 1,
      type: 'update',
      feed: 'etl/visits/v1.0',
      version: '1.0',
      codec: 'parquet',
      seq: 1,
      prev: '',
      timestamp: '2026-11-22T22:03:11.123Z',
      parents: [{ feed: 'etl/attractions/v1.0', seq: 1 }],
      producer: { ...producer, gitSha: 'abc', config: { gapHours: 8 } },
      runId: 'night-1',
      refs: { latest: 1 },
      totals: { files: 1, rows: 1 },
      labels: { purpose: 'test' },
      checks: { rejectShare: 0.01, ok: true },
    });
    const [file] = record.files;
    expect(file?.path).toMatch(/^20261122T220311123Z\/part-00000-[0-9a-f-]{36}\.parquet$/);
    const bytes = await store.read(`etl/visits/v1.0/${file?.path}`);
    expect(file).toMatchObject({ bytes: bytes?.length, sha256: sha256(bytes ?? ''), rows: 1 });
    const parentBytes = await store.read('etl/attractions/v1.0/_log/00000000000000000001.json');
    expect(record.parents[0]?.sha256).toBe(sha256(parentBytes ?? ''));
    expect(rowsOf(await (await freshFeeds(store).feed(visits).latest()).read())).toEqual([
      { user_id: 'ann', attraction_id: 'p:1', visited_at: 1e12, photos: 2 },
    ]);
  });

  test('a put whose guard throws commits nothing and leaves no file, whichever attempt it is', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(attractions);
    const no = new Error('Not any more.');
    await expect(feed.put([attraction(1)], { producer, guard: () => Promise.reject(no) })).rejects.toBe(no);
    expect(await contentOf(store)).toEqual({});
    // The first attempt loses its race to a put that the guard lets happen; the second is refused.
    let attempts = 0;
    const guard = async (): Promise<void> => {
      if (++attempts > 1) throw no;
      await freshFeeds(store)
        .feed(attractions)
        .put([attraction(2)], { producer });
    };
    await expect(feed.put([attraction(1)], { producer, guard })).rejects.toBe(no);
    expect(attempts).toBe(2);
    expect(await (await feed.latest()).read()).toEqual([attraction(2)]);
    expect((await feed.verify()).findings).toEqual([]);
  });

  test('follows on the update that it was made for, or not at all', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(attractions);
    const first = await feed.put([attraction(1)], { producer, after: 0, runId: 'a' });
    await feed.alias('champion', 1, { producer });
    const files = Object.keys(await contentOf(store)).length;
    const late = { code: 'FEEDS_OVERTAKEN', message: expect.stringContaining('has update 1 by now, not 0') };
    await expect(feed.put([attraction(2)], { producer, after: 0 })).rejects.toMatchObject(late);
    // A name is not an update, and a run that has committed is not overtaken.
    expect(await feed.put([attraction(1)], { producer, after: 0, runId: 'a' })).toEqual(first);
    expect(Object.keys(await contentOf(store))).toHaveLength(files);
    const put = (n: number) => feed.put([attraction(n)], { producer, after: 1 });
    const both = await Promise.allSettled([put(2), put(3)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await feed.latest()).toMatchObject({ seq: 3 });
    await expect(feed.put([], { producer, after: -1 })).rejects.toMatchObject({ code: 'FEEDS_OPTIONS_INVALID' });
  });

  test('goes on in time when the clock is set back', async () => {
    const clock = clockAt('2026-11-22T22:00:00.000Z');
    const feed = freshFeeds(open(), clock).feed(attractions);
    const first = await feed.put([attraction(1)], { producer });
    clock.set('2020-01-01T00:00:00.000Z');
    const second = await feed.put([attraction(2)], { producer });
    expect(first.timestamp).toBe('2026-11-22T22:00:00.000Z');
    expect(second.timestamp).toBe('2026-11-22T22:00:00.001Z');
    expect((await feed.asOf(new Date(second.timestamp))).seq).toBe(2);
    expect(await (await feed.latest()).read()).toEqual([attraction(2)]);
  });

  test('puts of many writers at once all commit, in one gap-free chain', async () => {
    const store = open();
    const writers = Array.from({ length: 8 }, () => freshFeeds(store).feed(attractions));
    const puts = writers.flatMap((writer, w) =>
      Array.from({ length: 4 }, (_, n) => writer.put([attraction(w * 10 + n)], { producer })),
    );
    const records = await Promise.all(puts);
    expect(records.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    const history = await all(freshFeeds(store).feed(attractions).history());
    expect(history).toHaveLength(32);
    expect(new Set(history.map(({ commitId }) => commitId)).size).toBe(32);
    expect(history.map(({ timestamp }) => timestamp)).toEqual(
      history
        .map(({ timestamp }) => timestamp)
        .sort()
        .reverse(),
    );
    expect(new Set(history.map((record) => JSON.stringify(record.files))).size).toBe(32);
  });

  test('any interleaving of puts by any writers keeps seq, chain, time and content', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        async (rounds) => {
          const store = open();
          const clock = clockAt('2026-01-01T00:00:00.000Z');
          const writers = [0, 1, 2].map(() => freshFeeds(store, clock).feed(attractions));
          const put = new Map<number, UpdateRecord>();
          let poi = 0;
          for (const round of rounds) {
            const puts = round.map((writer) => writers[writer]?.put([attraction(poi++)], { producer }));
            for (const record of await Promise.all(puts)) if (record) put.set(record.seq, record);
          }
          const feed = freshFeeds(store).feed(attractions);
          const history = (await all(feed.history())).reverse();
          expect(history).toEqual([...put].sort(([a], [b]) => a - b).map(([, record]) => record));
          expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: poi }, (_, i) => i + 1));
          for (const [i, record] of history.entries()) {
            const before = history[i - 1];
            expect(record.prev).toBe(before ? parentOf(before).sha256 : '');
            expect(record.refs.latest).toBe(record.seq);
          }
          expect(await all(feed.since(0))).toEqual(history);
        },
      ),
      { numRuns: name === 'S3' ? 2 : 12 },
    );
  });
});

test('latest costs the same number of store calls after 10 updates and after 100,000', async () => {
  const counts: number[] = [];
  for (const updates of [10, 100_000]) {
    const { store, calls } = counting(memoryStore());
    const first = await freshFeeds(store)
      .feed(attractions)
      .put([attraction(1)], { producer });
    await prolong(store, first, updates);
    const before = calls();
    const feed = freshFeeds(store).feed(attractions);
    expect((await feed.latest()).seq).toBe(updates);
    counts.push(calls() - before);
  }
  expect(counts).toEqual([5, 5]);
});

/** Continues a log as the format says, with updates that name the data of the first: much quicker than so many puts. */
async function prolong(store: BlobStore, first: UpdateRecord, updates: number): Promise<void> {
  const paths = logPaths(first.feed);
  let bytes = recordBytes(first);
  for (let seq = 2; seq <= updates; seq++) {
    const timestamp = new Date(Date.parse(first.timestamp) + seq).toISOString();
    const next: UpdateRecord = { ...first, seq, prev: sha256(bytes), timestamp, refs: { latest: seq } };
    bytes = recordBytes(next);
    await store.write(paths.record(seq), bytes);
  }
  await store.overwrite(paths.hint, Buffer.from(`${updates}\n`));
}

test.each([0, 1])(
  'a put that is stopped once %i of its files are written commits nothing, and leaves no file',
  async (after) => {
    const store = memoryStore();
    const stopping = new AbortController();
    const stopsWhileWriting: BlobStore = {
      ...store,
      read: async (path) => {
        if (after === 1 && path.includes('part-')) stopping.abort(new Error('stopped'));
        return store.read(path);
      },
    };
    if (after === 0) stopping.abort(new Error('stopped'));
    const feed = freshFeeds(stopsWhileWriting).feed(attractions);
    await expect(feed.put([attraction(1)], { producer, signal: stopping.signal })).rejects.toThrow('stopped');
    expect(await feed.head()).toBeUndefined();
    expect((await feed.verify()).findings).toEqual([]);
    const { signal } = new AbortController();
    expect((await feed.put([attraction(1)], { producer, signal })).seq).toBe(1);
  },
);
