import { describe, expect, test } from '@jest/globals';

import { attractions, popularity, rejects, trials } from '../support/contracts.js';
import { parentOf } from '../../src/log/record.js';
import { siblingOf } from '../../src/log/updates.js';
import type { Feed } from '../../src/feed/feed.js';
import type { Attraction } from '../support/contracts.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { memoryStore } from '../../src/store/memory.js';
import { attraction, producer } from '../support/samples.js';
import { clockAt, contentOf, counting, freshFeeds, STORES } from '../support/stores.js';

const DAY_MS = 86_400_000;
const earnest = { producer, dryRun: false, graceMs: 0 };

/** A feed with updates 1 to `count`, one a day from the first of January; it is noon of the day of the last. */
async function daily(count: number, store: BlobStore = memoryStore()) {
  const clock = clockAt('2026-01-01T00:00:00.000Z');
  const feeds = freshFeeds(store, clock);
  const feed = feeds.feed(attractions);
  for (let day = 1; day <= count; day++) {
    clock.set(new Date(Date.UTC(2026, 0, day)).toISOString());
    await feed.put([attraction(day)], { producer });
  }
  clock.set(new Date(Date.UTC(2026, 0, count, 12)).toISOString());
  return { store, clock, feeds, feed };
}

async function readable(feed: Feed<readonly Attraction[]>): Promise<number[]> {
  const found: number[] = [];
  for await (const { seq } of feed.history()) {
    const rows = await (await feed.at(seq)).read().catch(({ code }) => code);
    if (Array.isArray(rows)) found.unshift(seq);
    else expect(rows).toBe('FEEDS_EXPIRED');
  }
  return found;
}

describe.each(STORES)('expiry in the %s store', (_name, open) => {
  test('records, waits, deletes; records stay, verify is content, and the feed goes on', async () => {
    const { store, feed, feeds } = await daily(5, open());
    const { expired, record } = await feed.expire({ keepLast: 2 }, { ...earnest, reason: 'room' });
    expect(expired).toEqual([1, 2, 3]);
    expect(record).toMatchObject({ type: 'expire', seq: 6, updates: [1, 2, 3], expired: [[1, 3]], reason: 'room' });
    expect(await readable(feed)).toEqual([1, 2, 3, 4, 5]);
    expect((await feed.verify()).findings).toEqual([]);

    const purge = await feed.purge({ producer, dryRun: false });
    expect(purge).toMatchObject({ purged: [1, 2, 3], waiting: [], files: 3 });
    expect(purge.records).toMatchObject([{ type: 'purge', seq: 7, expire: 6, totals: { files: 3 } }]);
    expect(await readable(feed)).toEqual([4, 5]);
    await expect((await feed.at(1)).read()).rejects.toMatchObject({
      code: 'FEEDS_EXPIRED',
      message: expect.stringContaining('Update 1 of etl/attractions/v1.0 has expired'),
    });
    expect(Object.keys(await contentOf(store)).filter((path) => path.endsWith('.csv'))).toHaveLength(2);
    expect((await feed.verify()).findings).toEqual([]);
    expect((await feed.put([attraction(9)], { producer })).seq).toBe(8);
    expect((await feed.expire({ keepLast: 1 }, earnest)).record).toMatchObject({ updates: [4, 5], expired: [[1, 5]] });
    expect(await feed.refs()).toEqual({ latest: 8 });
    expect(await feeds.list()).toEqual(['etl/attractions/v1.0']);
  });
});

test('a dry run is the default, and writes nothing', async () => {
  const { store, feed } = await daily(3);
  const before = await contentOf(store);
  expect(await feed.expire({ keepLast: 1 }, { producer })).toEqual({
    expired: [1, 2],
    kept: [{ seq: 3, because: 'is latest' }],
  });
  expect(await contentOf(store)).toEqual(before);
  await feed.expire({ keepLast: 1 }, earnest);
  const recorded = await contentOf(store);
  expect(await feed.purge({ producer })).toMatchObject({ purged: [1, 2], files: 2, records: [] });
  expect(await contentOf(store)).toEqual(recorded);
});

test('what is latest, called something, pinned, a parent of the living, young or among the last stays, and why', async () => {
  const { feed, feeds } = await daily(10);
  await feed.alias('champion', 2, { producer });
  await feed.pin('audit', 4, { producer, leaseMs: DAY_MS });
  const parent = parentOf((await feed.at(6)).record);
  await feeds.feed(popularity).put([], { producer, parents: [parent] });
  expect(await feed.expire({ keepLast: 2, maxAgeMs: 2.5 * DAY_MS }, { producer })).toEqual({
    expired: [1, 3, 5, 7],
    kept: [
      { seq: 2, because: 'is called champion' },
      { seq: 4, because: 'is pinned as audit until 2026-01-11T12:00:00.000Z' },
      { seq: 6, because: 'is parent of training/popularity/v1.0#1' },
      { seq: 8, because: 'is young enough' },
      { seq: 9, because: 'is one of the last 2' },
      { seq: 10, because: 'is latest' },
    ],
  });
});

test('a child that has expired keeps its parents no longer', async () => {
  const { feed, feeds } = await daily(3);
  const child = feeds.feed(popularity);
  await child.put([], { producer, parents: [parentOf((await feed.at(1)).record)] });
  await child.put([], { producer });
  expect((await feed.expire({ keepLast: 1 }, { producer })).expired).toEqual([2]);
  await child.expire({ keepLast: 1 }, earnest);
  expect((await feed.expire({ keepLast: 1 }, { producer })).expired).toEqual([1, 2]);
});

test('what a rollback of a name goes to stays, however often the name has moved', async () => {
  const { feed } = await daily(6);
  const kept = async () => (await feed.expire({ keepLast: 1 }, { producer })).kept.map(({ seq }) => seq);
  await feed.alias('champion', 1, { producer });
  expect(await kept()).toEqual([1, 6]);
  await feed.alias('champion', 2, { producer });
  await feed.alias('champion', 4, { producer });
  expect(await feed.expire({ keepLast: 1 }, earnest)).toMatchObject({
    expired: [1, 3, 5],
    kept: [
      { seq: 2, because: 'is what a rollback of champion goes to' },
      { seq: 4, because: 'is called champion' },
      { seq: 6, because: 'is latest' },
    ],
  });
  await feed.purge({ producer, dryRun: false });
  await feed.rollback('champion', { producer });
  expect(await (await feed.at('champion')).read()).toEqual([attraction(2)]);
  expect(await kept()).toEqual([2, 4, 6]);
});

describe('siblings', () => {
  /** Three runs, one a day: each puts attractions, and of them popularity and then rejects, which stand for a model and the main one. */
  async function runs(count = 3) {
    const { feed, feeds, clock } = await daily(0);
    const [beside, main] = [feeds.feed(popularity), feeds.feed(rejects)];
    for (let day = 1; day <= count; day++) {
      clock.set(new Date(Date.UTC(2026, 0, day)).toISOString());
      const parents = [parentOf(await feed.put([attraction(day)], { producer }))];
      await beside.put([], { producer, parents });
      await main.put([], { producer, parents });
    }
    const keptBeside = async () => (await beside.expire({ keepLast: 1 }, { producer })).kept;
    return { feed, feeds, beside, main, clock, keptBeside };
  }

  test('of the champion and of what a rollback goes to stay, those of others go', async () => {
    const { main, keptBeside } = await runs(5);
    await main.alias('champion', 1, { producer });
    await main.alias('champion', 3, { producer });
    expect(await keptBeside()).toEqual([
      { seq: 1, because: 'is sibling of etl/rejects/v1.0#1, which is what a rollback of champion goes to' },
      { seq: 3, because: 'is sibling of etl/rejects/v1.0#3, which is called champion' },
      { seq: 5, because: 'is latest' },
    ]);
  });

  test('of what is pinned, or the parent of a living report, stay as long as that does', async () => {
    const { main, feeds, keptBeside, clock } = await runs();
    const report = feeds.feed(trials);
    const trial = { study: 's', key: 'k', round: 0, budget: 1, options: {}, metric: 'm', value: 1, seconds: 1 };
    await report.put(trial, { producer, parents: [parentOf((await main.at(2)).record)] });
    await report.put(trial, { producer });
    await main.pin('audit', 1, { producer, leaseMs: DAY_MS });
    expect((await keptBeside()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    clock.set('2026-01-09T00:00:00.000Z');
    expect((await keptBeside()).map(({ seq }) => seq)).toEqual([2, 3]);
    await report.expire({ keepLast: 1 }, earnest);
    expect((await keptBeside()).map(({ seq }) => seq)).toEqual([3]);
  });

  test('do not hold each other: once nothing else holds them, all go, in whatever order', async () => {
    for (const order of [
      ['main', 'beside'],
      ['beside', 'main'],
    ] as const) {
      const all = await runs();
      for (const name of order) await all[name].expire({ keepLast: 1 }, earnest);
      expect((await all.feed.expire({ keepLast: 1 }, { producer })).expired).toEqual([1, 2]);
    }
  });

  test('of two runs on the same parents each has its own', async () => {
    const { feed, beside, main, clock } = await runs(1);
    const parents = [parentOf((await feed.at(1)).record)];
    clock.set('2026-01-02T00:00:00.000Z');
    await beside.put([], { producer, parents });
    await main.put([], { producer, parents });
    await beside.put([], { producer });
    expect((await siblingOf(beside, (await main.at(1)).record))?.seq).toBe(1);
    expect((await siblingOf(beside, (await main.at(2)).record))?.seq).toBe(2);
    await main.alias('champion', 1, { producer });
    await main.put([], { producer });
    expect((await beside.expire({ keepLast: 1 }, { producer })).expired).toEqual([2]);
  });
});

test('a pin holds until its lease ends, and is renewed, moved and released by its name', async () => {
  const { feed, clock } = await daily(4);
  const expiring = async () => (await feed.expire({ keepLast: 1 }, { producer })).expired;
  await feed.pin('audit', 1, { producer, leaseMs: DAY_MS });
  expect(await expiring()).toEqual([2, 3]);
  await feed.pin('audit', 2, { producer, leaseMs: 3 * DAY_MS });
  expect(await expiring()).toEqual([1, 3]);
  clock.set('2026-01-06T12:00:00.000Z');
  expect(await expiring()).toEqual([1, 3]);
  clock.set('2026-01-07T12:00:00.001Z');
  expect(await expiring()).toEqual([1, 2, 3]);
  await feed.pin('audit', 3, { producer, leaseMs: DAY_MS });
  await feed.pin('audit', 3, { producer, leaseMs: 0 });
  expect(await expiring()).toEqual([1, 2, 3]);
});

test('nobody may name or pin what has expired', async () => {
  const { feed } = await daily(3);
  await feed.expire({ keepLast: 1 }, earnest);
  const tooLate = { code: 'FEEDS_EXPIRED', message: expect.stringContaining('it is too late to call champion') };
  await expect(feed.alias('champion', 1, { producer })).rejects.toMatchObject(tooLate);
  await expect(feed.pin('audit', 2, { producer, leaseMs: 1 })).rejects.toMatchObject({ code: 'FEEDS_EXPIRED' });
  expect((await feed.alias('champion', 3, { producer })).refs).toMatchObject({ champion: 3, expired: 4 });
});

test('a name given while expiry is planned is seen, whichever is committed first', async () => {
  const { store, feed, clock } = await daily(3);
  const other = freshFeeds(store, clock).feed(attractions);
  const [named, { expired }] = await Promise.allSettled([
    feed.alias('champion', 1, { producer }),
    other.expire({ keepLast: 1 }, earnest),
  ]).then(([a, b]) => [a, b.status === 'fulfilled' ? b.value : { expired: [] }] as const);
  expect(expired).toEqual(named.status === 'fulfilled' ? [2] : [1, 2]);
});

test('a reader that has begun finishes: nothing is deleted before the grace is over', async () => {
  const { feed } = await daily(3);
  const update = await feed.at(1);
  await feed.expire({ keepLast: 1 }, { producer, dryRun: false });
  expect(await feed.purge({ producer, dryRun: false })).toMatchObject({ purged: [], waiting: [1, 2], records: [] });
  expect(await update.read()).toEqual([attraction(1)]);
});

test('a purge that was killed is carried out by the next, and what it left is found', async () => {
  const { store, feed, clock } = await daily(4);
  await feed.expire({ keepLast: 1 }, earnest);
  let left = 2;
  const dying: BlobStore = {
    ...store,
    remove: async (path) =>
      path.includes('_log') || left-- > 0 ? store.remove(path) : Promise.reject(new Error('killed')),
  };
  await expect(freshFeeds(dying, clock).feed(attractions).purge({ producer, dryRun: false })).rejects.toThrow('killed');
  expect((await feed.verify()).findings).toEqual([]);
  expect((await feed.purge({ producer, dryRun: false })).purged).toEqual([1, 2, 3]);
  expect((await feed.verify()).findings).toEqual([]);
  await store.write('etl/attractions/v1.0/20260101T000000000Z/left.csv', new Uint8Array());
  expect((await feed.verify()).findings).toMatchObject([{ kind: 'leftover' }]);
});

test('what expired before a model was trained on it is spared by the purge, until the model is gone too', async () => {
  const { feed, feeds } = await daily(4);
  const read = await feed.at(2);
  await feed.expire({ keepLast: 1 }, earnest);
  const models = feeds.feed(popularity);
  await models.put([], { producer, parents: [parentOf(read.record)] });
  const spared = [{ seq: 2, because: 'is parent of training/popularity/v1.0#1' }];
  expect(await feed.purge({ producer })).toMatchObject({ purged: [1, 3], spared, records: [] });
  const done = await feed.purge({ producer, dryRun: false });
  expect(done).toMatchObject({ purged: [1, 3], waiting: [], spared, files: 2, records: [{ updates: [1, 3] }] });
  expect(await read.read()).toEqual([attraction(2)]);
  expect(await feed.purge({ producer, dryRun: false })).toMatchObject({ purged: [], spared, records: [] });
  expect((await feed.verify()).findings).toEqual([]);
  await models.put([], { producer });
  await models.expire({ keepLast: 1 }, earnest);
  expect(await feed.purge({ producer, dryRun: false })).toMatchObject({ purged: [2], spared: [], files: 1 });
  expect(await readable(feed)).toEqual([4]);
  expect((await feed.verify()).findings).toEqual([]);
});

test('when nothing expires, nothing is written', async () => {
  const { store, feed } = await daily(2);
  const before = await contentOf(store);
  expect((await feed.expire({ keepLast: 5 }, earnest)).record).toBeUndefined();
  expect(await feed.purge({ producer, dryRun: false })).toMatchObject({ purged: [], records: [] });
  expect(await contentOf(store)).toEqual(before);
  const empty = freshFeeds(memoryStore()).feed(attractions);
  expect(await empty.expire({ keepLast: 1 }, earnest)).toEqual({ expired: [], kept: [] });
});

test('what expired long ago is not read again', async () => {
  const costs: number[] = [];
  for (const old of [5, 40]) {
    const { store, calls } = counting(memoryStore());
    const { feed } = await daily(old, store);
    await feed.expire({ keepLast: 2 }, earnest);
    const before = calls();
    await feed.expire({ keepLast: 2 }, { producer });
    costs.push(calls() - before);
  }
  expect(costs[1]).toBe(costs[0]);
});

test.each([[{}], [{ keepLast: 0 }], [{ keepLast: 1.5 }], [{ maxAgeMs: -1 }], [{ maxAgeMs: Number.NaN }]])(
  'the rule %j is refused',
  async (rule) => {
    const { feed } = await daily(1);
    await expect(feed.expire(rule, { producer })).rejects.toMatchObject({ code: 'FEEDS_OPTIONS_INVALID' });
  },
);
