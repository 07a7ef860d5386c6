import { describe, expect, test } from '@jest/globals';

import { attractions } from '../support/contracts.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { memoryStore } from '../../src/store/memory.js';
import { probe } from '../../src/store/blob-store.js';
import { attraction, producer } from '../support/samples.js';
import { counting, freshFeeds, STORES } from '../support/stores.js';

/** As object stores that do not know `If-None-Match`: every put wins. */
function ignoring(store: BlobStore): BlobStore {
  return { ...store, putIfAbsent: async (path, bytes) => (await store.overwrite(path, bytes), true) };
}

/** Looks before it leaps: right for one writer, wrong for two at once. */
function racing(store: BlobStore): BlobStore {
  return {
    ...store,
    putIfAbsent: async (path, bytes) => {
      if ((await store.stat(path)) !== undefined) return false;
      await store.overwrite(path, bytes);
      return true;
    },
  };
}

describe.each(STORES)('the %s store', (_name, open) => {
  test('passes, and nothing of the probe is left', async () => {
    const store = open();
    await probe(store);
    expect(await store.children('')).toEqual([]);
  });
});

test('a store that ignores the condition is refused by name, and nothing is written', async () => {
  const store = memoryStore();
  await expect(
    freshFeeds(ignoring(store))
      .feed(attractions)
      .put([attraction(1)], { producer }),
  ).rejects.toMatchObject({
    code: 'FEEDS_STORE_UNFIT',
    message: expect.stringContaining('memory: cannot hold a commit log'),
  });
  expect(await store.children('')).toEqual([]);
});

test('a store that checks first and writes then is refused', async () => {
  await expect(probe(racing(memoryStore()))).rejects.toMatchObject({
    code: 'FEEDS_STORE_UNFIT',
    message: expect.stringContaining('of 16 writers at once 16 won'),
  });
});

test('a store is probed at its first write only, and reading never writes', async () => {
  const written: string[] = [];
  const store = memoryStore();
  const watched: BlobStore = {
    ...store,
    putIfAbsent: (path, bytes) => {
      written.push(path);
      return store.putIfAbsent(path, bytes);
    },
  };
  const feeds = freshFeeds(watched);
  await expect(feeds.feed(attractions).latest()).rejects.toMatchObject({ code: 'FEEDS_EMPTY' });
  expect(written).toEqual([]);
  await feeds.feed(attractions).put([attraction(1)], { producer });
  await feeds.feed(attractions).put([attraction(2)], { producer });
  expect(written.filter((path) => path.startsWith('.probe-'))).toHaveLength(18);
});

test('a probe that failed is tried again', async () => {
  const store = memoryStore();
  let refusals = 1;
  const flaky: BlobStore = {
    ...store,
    putIfAbsent: async (path, bytes) =>
      refusals-- > 0 ? Promise.reject(new Error('offline')) : store.putIfAbsent(path, bytes),
  };
  const feed = freshFeeds(flaky).feed(attractions);
  await expect(feed.put([attraction(1)], { producer })).rejects.toThrow('offline');
  expect((await feed.put([attraction(1)], { producer })).seq).toBe(1);
});

test('counting sees the calls of a store', async () => {
  const { store, calls } = counting(memoryStore());
  await store.read('x');
  expect(calls()).toBe(1);
});
