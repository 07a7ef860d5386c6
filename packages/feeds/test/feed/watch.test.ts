import { describe, expect, test } from '@jest/globals';

import { attractions } from '../support/contracts.js';
import type { UpdateRecord } from '../../src/log/record.js';
import { folderStore } from '../../src/store/folder.js';
import { temporaryFolder } from '../support/folders.js';
import { attraction, producer } from '../support/samples.js';
import { freshFeeds, STORES } from '../support/stores.js';

/** Takes so many records, doing something after each. */
async function take(records: AsyncIterable<UpdateRecord>, count: number, after?: (n: number) => Promise<unknown>) {
  const seqs: number[] = [];
  for await (const { seq } of records) {
    if (seqs.push(seq) === count) break;
    await after?.(seqs.length);
  }
  return seqs;
}

describe.each(STORES)('watching a feed in the %s store', (_name, open) => {
  test('gives what was missed, then what is committed, each once and in order', async () => {
    const store = open();
    const put = (poi: number) =>
      freshFeeds(store)
        .feed(attractions)
        .put([attraction(poi)], { producer });
    for (const poi of [1, 2, 3]) await put(poi);
    const feed = freshFeeds(store).feed(attractions);
    const seen = await take(feed.watch({ after: 1, pollMs: 5 }), 5, async (n) => {
      if (n === 2) await Promise.all([put(4), put(5)]);
      if (n === 4) await feed.alias('champion', 1, { producer }).then(() => put(6));
    });
    expect(seen).toEqual([2, 3, 4, 5, 7]);
  });
});

test('a feed that is not there yet is waited for', async () => {
  const root = temporaryFolder();
  const feeds = freshFeeds(folderStore(root));
  const first = take(feeds.log('etl/attractions/v1.0').watch({ pollMs: 5 }), 1);
  await freshFeeds(folderStore(root)).feed(attractions).put([], { producer });
  expect(await first).toEqual([1]);
});

test('a folder tells of a commit long before the next look', async () => {
  const root = temporaryFolder();
  const feed = freshFeeds(folderStore(root)).feed(attractions);
  await feed.put([], { producer });
  const put = () => freshFeeds(folderStore(root)).feed(attractions).put([], { producer });
  const seen = await take(feed.watch({ after: 0, pollMs: 3_600_000 }), 3, put);
  expect(seen).toEqual([1, 2, 3]);
});

test('the signal ends it, before and while it waits', async () => {
  const feed = freshFeeds(folderStore(temporaryFolder())).feed(attractions);
  await feed.put([], { producer });
  expect(await take(feed.watch({ after: 0, signal: AbortSignal.abort() }), 9)).toEqual([]);
  const ending = new AbortController();
  const seen = await take(feed.watch({ after: 0, signal: ending.signal, pollMs: 3_600_000 }), 9, async () =>
    setImmediate(() => ending.abort()),
  );
  expect(seen).toEqual([1]);
});
