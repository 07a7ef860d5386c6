import { describe, expect, test } from '@jest/globals';

import { attractions } from '../support/contracts.js';
import { memoryStore } from '../../src/store/memory.js';
import { attraction, producer } from '../support/samples.js';
import { clockAt, counting, freshFeeds, STORES } from '../support/stores.js';

async function threeUpdates(store = memoryStore()) {
  const clock = clockAt('2026-01-01T00:00:00.000Z');
  const feed = freshFeeds(store, clock).feed(attractions);
  for (const poi of [1, 2, 3]) await feed.put([attraction(poi)], { producer });
  return { feed, clock };
}

describe.each(STORES)('an alias in the %s store', (_name, open) => {
  test('names an update, stays when others follow, and leaves latest alone', async () => {
    const { feed } = await threeUpdates(open());
    const record = await feed.alias('champion', 2, { producer, reason: 'best on hold-out' });
    expect(record).toMatchObject({
      type: 'alias',
      seq: 4,
      alias: 'champion',
      target: 2,
      reason: 'best on hold-out',
      refs: { latest: 3, champion: 2 },
    });
    expect(await (await feed.at('champion')).read()).toEqual([attraction(2)]);
    expect((await feed.latest()).seq).toBe(3);
    expect((await feed.head())?.seq).toBe(3);
    await feed.put([attraction(4)], { producer });
    expect(await feed.refs()).toEqual({ latest: 5, champion: 2 });
    expect((await feed.at('champion')).seq).toBe(2);
    expect((await feed.at('latest')).seq).toBe(5);
  });

  test('moves, and goes back by one more record', async () => {
    const { feed } = await threeUpdates(open());
    await feed.alias('champion', 1, { producer });
    await feed.alias('champion', 3, { producer });
    await feed.put([attraction(4)], { producer });
    expect(await feed.rollback('champion', { producer, reason: 'it was worse' })).toMatchObject({ seq: 7, target: 1 });
    expect((await feed.at('champion')).seq).toBe(1);
    expect((await feed.rollback('champion', { producer })).refs['champion']).toBe(3);
    const types: string[] = [];
    for await (const { type } of feed.records()) types.push(type);
    expect(types).toEqual(['alias', 'alias', 'update', 'alias', 'alias', 'update', 'update', 'update']);
    const updates: number[] = [];
    for await (const { seq } of feed.history()) updates.push(seq);
    expect(updates).toEqual([6, 3, 2, 1]);
  });

  test('put twice is one record', async () => {
    const { feed } = await threeUpdates(open());
    const first = await feed.alias('champion', 2, { producer });
    expect(await feed.alias('champion', 2, { producer })).toEqual(first);
  });

  test('is not moved from where somebody else has moved it', async () => {
    const { feed } = await threeUpdates(open());
    await feed.alias('champion', 1, { producer, from: 0 });
    await expect(feed.alias('champion', 2, { producer, from: 0 })).rejects.toMatchObject({
      code: 'FEEDS_OVERTAKEN',
      message: expect.stringContaining('champion names update 1 by now, not no update: somebody else has moved it'),
    });
    expect((await feed.refs())['champion']).toBe(1);
    await feed.alias('champion', 2, { producer, from: 1 });
    expect((await feed.alias('champion', 2, { producer, from: 1 })).refs['champion']).toBe(2);
  });

  test('races with puts and other aliases, and none is lost', async () => {
    const store = open();
    const { feed, clock } = await threeUpdates(store);
    const other = freshFeeds(store, clock).feed(attractions);
    await Promise.all([
      feed.alias('champion', 1, { producer }),
      other.alias('challenger', 2, { producer }),
      feed.put([attraction(4)], { producer }),
      other.put([attraction(5)], { producer }),
    ]);
    const { latest, ...aliases } = await feed.refs();
    expect(aliases).toEqual({ champion: 1, challenger: 2 });
    expect((await feed.latest()).seq).toBe(latest);
    expect((await other.head())?.seq).toBe(latest);
  });
});

test('latest costs a constant number of calls also when the head is an alias', async () => {
  const { store, calls } = counting(memoryStore());
  const { feed } = await threeUpdates(store);
  const counts: number[] = [];
  for (const alias of ['a', 'b', 'c', 'd']) {
    await feed.alias(alias, 1, { producer });
    const before = calls();
    expect((await feed.latest()).seq).toBe(3);
    counts.push(calls() - before);
  }
  expect(new Set(counts).size).toBe(1);
  expect(counts[0]).toBeLessThanOrEqual(7);
});

test('asOf gives what was latest, not what was named', async () => {
  const { feed, clock } = await threeUpdates();
  clock.set('2026-02-01T00:00:00.000Z');
  await feed.alias('champion', 1, { producer });
  expect((await feed.asOf(new Date('2026-03-01'))).seq).toBe(3);
});

describe('what cannot be', () => {
  test.each(['latest', '', 'Champion', 'a b', '../x', '__proto__'])('the alias %j', async (alias) => {
    const { feed } = await threeUpdates();
    await expect(feed.alias(alias, 1, { producer })).rejects.toMatchObject({ code: 'FEEDS_OPTIONS_INVALID' });
  });

  test('an alias of a record that is not an update', async () => {
    const { feed } = await threeUpdates();
    await feed.alias('champion', 1, { producer });
    for (const seq of [0, 4, 9]) {
      await expect(feed.alias('other', seq, { producer })).rejects.toMatchObject({ code: 'FEEDS_NO_SUCH_UPDATE' });
    }
  });

  test('a name that nothing has, in words that say which there are', async () => {
    const { feed } = await threeUpdates();
    await feed.alias('champion', 1, { producer });
    await expect(feed.at('chamipon')).rejects.toMatchObject({
      code: 'FEEDS_NO_SUCH_UPDATE',
      message: expect.stringContaining('has no update chamipon; it has champion = 1, latest = 3.'),
    });
    await expect(feed.at(4)).rejects.toMatchObject({ message: expect.stringContaining('of type alias') });
    await expect(feed.at('toString')).rejects.toMatchObject({ code: 'FEEDS_NO_SUCH_UPDATE' });
  });

  test('going back from where nothing was before', async () => {
    const { feed } = await threeUpdates();
    const nowhere = { code: 'FEEDS_NO_SUCH_UPDATE' };
    await expect(feed.rollback('champion', { producer })).rejects.toMatchObject(nowhere);
    await feed.alias('champion', 1, { producer });
    await expect(feed.rollback('champion', { producer })).rejects.toMatchObject(nowhere);
  });

  test('a name in an empty feed', async () => {
    const feed = freshFeeds(memoryStore()).feed(attractions);
    await expect(feed.at('champion')).rejects.toMatchObject({ code: 'FEEDS_EMPTY' });
    await expect(feed.alias('champion', 1, { producer })).rejects.toMatchObject({ code: 'FEEDS_NO_SUCH_UPDATE' });
    expect(await feed.refs()).toEqual({});
  });
});
