import { describe, expect, test } from '@jest/globals';

import { attractions } from '../support/contracts.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { memoryStore } from '../../src/store/memory.js';
import { attraction, producer } from '../support/samples.js';
import { clockAt, contentOf, counting, freshFeeds, STORES } from '../support/stores.js';

const isRecord = (path: string) => /_log\/\d{20}\.json$/.test(path);

/** The store of a writer that dies right after its commit: no hint, no marker of the run. */
function dyingAfterCommit(store: BlobStore): BlobStore {
  const dead = () => Promise.reject(new Error('killed'));
  return {
    ...store,
    overwrite: dead,
    putIfAbsent: (path, bytes) => (path.includes('/runs/') ? dead() : store.putIfAbsent(path, bytes)),
  };
}

describe.each(STORES)('a run in the %s store', (_name, open) => {
  test('commits once, whatever it puts the second time', async () => {
    const store = open();
    const first = await freshFeeds(store)
      .feed(attractions)
      .put([attraction(1)], { producer, runId: 'night-1' });
    const again = await freshFeeds(store)
      .feed(attractions)
      .put([attraction(2)], { producer, runId: 'night-1' });
    expect(again).toEqual(first);
    expect(await (await freshFeeds(store).feed(attractions).latest()).read()).toEqual([attraction(1)]);
  });

  test('is found when others have committed since', async () => {
    const feed = freshFeeds(open()).feed(attractions);
    const first = await feed.put([attraction(1)], { producer, runId: 'night-1' });
    await feed.put([attraction(2)], { producer, runId: 'night-2' });
    await feed.put([attraction(3)], { producer });
    expect(await feed.put([attraction(4)], { producer, runId: 'night-1' })).toEqual(first);
    expect((await feed.latest()).seq).toBe(3);
  });

  test('is its own for each producer and each id', async () => {
    const feed = freshFeeds(open()).feed(attractions);
    await feed.put([], { producer, runId: 'a' });
    await feed.put([], { producer, runId: 'b' });
    await feed.put([], { producer: { ...producer, id: 'other' }, runId: 'a' });
    expect((await feed.latest()).seq).toBe(3);
  });

  test('commits once when its writers race, and the losers leave no data', async () => {
    const store = open();
    const writers = Array.from({ length: 6 }, () => freshFeeds(store).feed(attractions));
    const records = await Promise.all(writers.map((feed, i) => feed.put([attraction(i)], { producer, runId: 'same' })));
    expect(new Set(records.map(({ commitId }) => commitId)).size).toBe(1);
    expect((await freshFeeds(store).feed(attractions).latest()).seq).toBe(1);
    const data = Object.keys(await contentOf(store)).filter((path) => path.endsWith('.csv'));
    expect(data).toEqual([`etl/attractions/v1.0/${records[0]?.files[0]?.path}`]);
  });

  test('is found though its writer died right after the commit, now and after the next writer', async () => {
    const store = open();
    const first = await freshFeeds(dyingAfterCommit(store))
      .feed(attractions)
      .put([attraction(1)], { producer, runId: 'r' });
    expect(Object.keys(await contentOf(store)).some((path) => path.includes('/runs/'))).toBe(false);
    expect(await freshFeeds(store).feed(attractions).put([], { producer, runId: 'r' })).toEqual(first);
    await freshFeeds(store)
      .feed(attractions)
      .put([attraction(2)], { producer });
    expect(await freshFeeds(store).feed(attractions).put([], { producer, runId: 'r' })).toEqual(first);
  });

  test('whose marker names a record of another is refused', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(attractions);
    await feed.put([], { producer, runId: 'r' });
    await feed.put([], { producer });
    const [marker] = Object.keys(await contentOf(store)).filter((path) => path.includes('/runs/'));
    await store.overwrite(marker ?? '', Buffer.from('{"seq":2}'));
    await expect(feed.put([], { producer, runId: 'r' })).rejects.toMatchObject({ code: 'FEEDS_RECORD_CORRUPT' });
  });
});

test('asking for a run costs the same in a long log', async () => {
  const counts: number[] = [];
  for (const updates of [2, 50]) {
    const { store, calls } = counting(memoryStore());
    const feed = freshFeeds(store).feed(attractions);
    for (let i = 0; i < updates; i++) await feed.put([], { producer, runId: `night-${i}` });
    const before = calls();
    await feed.put([], { producer, runId: 'night-0' });
    counts.push(calls() - before);
  }
  expect(counts[0]).toBe(counts[1]);
});

test('a commit whose answer is lost is known by its commit id', async () => {
  const store = memoryStore();
  let lost = 0;
  const deaf: BlobStore = {
    ...store,
    putIfAbsent: async (path, bytes) => {
      const won = await store.putIfAbsent(path, bytes);
      if (!isRecord(path) || !won) return won;
      // Applied, and then either an error, or the store's own second try, which finds the first.
      if (lost++ % 2 === 0) throw new Error('socket hang up');
      return false;
    },
  };
  const feed = freshFeeds(deaf).feed(attractions);
  expect((await feed.put([attraction(1)], { producer })).seq).toBe(1);
  expect((await feed.put([attraction(2)], { producer })).seq).toBe(2);
  expect(lost).toBe(2);
  expect(await (await freshFeeds(store).feed(attractions).latest()).read()).toEqual([attraction(2)]);
});

test('a commit that failed and is not there throws, and the put can be made again', async () => {
  const store = memoryStore();
  let failures = 1;
  const failing: BlobStore = {
    ...store,
    putIfAbsent: async (path, bytes) => {
      if (isRecord(path) && failures-- > 0) throw new Error('socket hang up');
      return store.putIfAbsent(path, bytes);
    },
  };
  const feed = freshFeeds(failing).feed(attractions);
  await expect(feed.put([attraction(1)], { producer })).rejects.toThrow('socket hang up');
  await expect(feed.latest()).rejects.toMatchObject({ code: 'FEEDS_EMPTY' });
  expect((await feed.put([attraction(1)], { producer })).seq).toBe(1);
});

test('a writer that always loses gives up with a sentence', async () => {
  const store = memoryStore();
  let lost = 0;
  // Another writer is always a moment faster, and the next look comes before its record is seen.
  const beaten: BlobStore = {
    ...store,
    putIfAbsent: async (path, bytes) => (isRecord(path) ? lost++ < 0 : store.putIfAbsent(path, bytes)),
  };
  const feed = freshFeeds(beaten, clockAt('2026-01-01T00:00:00.000Z')).feed(attractions);
  await expect(feed.put([attraction(1)], { producer })).rejects.toMatchObject({ code: 'FEEDS_CONTENDED' });
  expect(lost).toBe(1_000);
});
