import { afterEach, describe, expect, test } from '@jest/globals';
import { als, attractions, nextAttraction, popularity, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';
import { forceConfig, readConfig } from '@attractions/config';

import { runTrain } from '../src/driver.js';
import { alsKind } from '../src/kinds.js';
import type { TrainContext } from '../src/driver.js';
import { trainSettings } from '../src/settings.js';
import type { TrainConfig } from '../src/settings.js';
import { visitsTable } from './support/visits-table.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const logged: string[] = [];
const logger = { info: (_: unknown, text?: string) => void logged.push(text ?? '') };
afterEach(() => void logged.splice(0));

const table = visitsTable([
  ['ann', 'p:castle', 1],
  ['ann', 'p:castle', 2],
  ['ann', 'p:wheel', 3],
  ['bob', 'p:wheel', 1],
  ['cy', 'p:slide', 1],
  ['cy', 'p:wheel', 5],
]);

/** A memory store with two updates of attractions and one of visits that names the first of them. */
async function storeWithVisits() {
  const store = openFeeds('memory:');
  const places = ['p:castle', 'p:wheel', 'p:slide'].map((attractionId) => ({
    attractionId,
    park: 'p',
    name: attractionId,
    themes: [],
  }));
  const first = await store.feed(attractions).put(places, { producer });
  const record = await store.feed(visits).put(table, { producer, parents: [parentOf(first)] });
  await store.feed(attractions).put(places, { producer });
  return { store, attractionsRecord: first, visitsRecord: record };
}

const configured = (values: Partial<TrainConfig>): TrainConfig =>
  forceConfig(trainSettings, { rank: 4, iterations: 3, ...values }, () => readConfig(trainSettings));

const train = (values: Partial<TrainConfig>, context: Omit<TrainContext, 'logger'>) =>
  runTrain(configured(values), { logger, ...context });

describe('runTrain', () => {
  test('puts popularity and a generation whose parents are the exact visits and attractions', async () => {
    const { store, attractionsRecord, visitsRecord } = await storeWithVisits();
    const summary = await train({}, { store });
    expect(summary).toMatchObject({ visits: 6, users: 3, attractions: 3, rank: 4, iterations: 3 });
    expect(summary.feeds.map(({ feed }) => feed)).toEqual([popularity.path, nextAttraction.path, als.path]);
    const update = await store.feed(als).latest();
    const next = await store.feed(nextAttraction).latest();
    expect((await next.read()).parks.map(({ park }) => park)).toEqual(['p']);
    expect(next.record.parents).toEqual(update.record.parents);
    expect(update.record.parents).toEqual([parentOf(visitsRecord), parentOf(attractionsRecord)]);
    expect(update.record.producer).toMatchObject({ package: '@attractions/als-trainer', config: { rank: 4 } });
    expect(logged.filter((line) => line.startsWith('iteration'))).toHaveLength(3);
  });

  test('the generation holds names, factors, seen sets and visitors of the same rows', async () => {
    const { store } = await storeWithVisits();
    await train({}, { store });
    const generation = await (await store.feed(als).latest()).read();
    expect(generation.userIds).toEqual(['ann', 'bob', 'cy']);
    expect(generation.attractionIds).toEqual(['p:castle', 'p:slide', 'p:wheel']);
    expect(generation.userFactors).toHaveLength(12);
    expect([...generation.seen.offsets]).toEqual([0, 2, 3, 5]);
    expect([...generation.seen.items]).toEqual([0, 2, 2, 1, 2]);
    expect([...generation.visitors]).toEqual([1, 1, 3]);
    expect(generation.options).toMatchObject({ rank: 4, preset: 'ials' });
    expect(await (await store.feed(popularity).latest()).read()).toEqual([
      { attractionId: 'p:wheel', visits: 3, visitors: 3 },
      { attractionId: 'p:castle', visits: 2, visitors: 1 },
      { attractionId: 'p:slide', visits: 1, visitors: 1 },
    ]);
  });

  test('nothing is committed when the signal aborts', async () => {
    const { store } = await storeWithVisits();
    const stop = new AbortController();
    const run = train({}, { store, signal: stop.signal, onIteration: () => stop.abort(new Error('enough')) });
    await expect(run).rejects.toThrow('enough');
    expect(await store.feed(als).head()).toBeUndefined();
    expect(await store.feed(popularity).head()).toBeUndefined();
  });

  test('where nothing is new nothing is trained, and the figures are those of the latest model; what is made of anything else is', async () => {
    const { store } = await storeWithVisits();
    const { feeds, seconds, ...figures } = await train({}, { store });
    void [feeds, seconds];
    const isTrained = async (values: Partial<TrainConfig> = {}, context: Partial<TrainContext> = {}) =>
      (await train(values, { store, ...context })).feeds.length > 0;
    const again = await train({ threads: 2 }, { store });
    expect(again).toEqual({ ...figures, feeds: [], unchanged: { feed: als.path, seq: 1 }, seconds: again.seconds });

    expect(await isTrained({ rank: 5 })).toBe(true);
    expect(await isTrained()).toBe(true);
    expect(await isTrained({}, { kinds: ['als'] })).toBe(false);
    expect(await isTrained({}, { kinds: ['als', 'item-knn'] })).toBe(true);
    expect(await isTrained({}, { full: true })).toBe(true);
    const own = { ...alsKind({ rank: 4 }), name: 'own', contract: { ...als, path: 'training/own/v1.0' } };
    expect([await isTrained({}, { kinds: [own] }), await isTrained({}, { kinds: [own] })]).toEqual([true, true]);

    expect(await isTrained({ warmStart: true })).toBe(true);
    expect(await isTrained({ warmStart: true })).toBe(true);
    // The latest model is not the one that a cold start makes.
    expect(await isTrained()).toBe(true);
    expect(await isTrained()).toBe(false);

    const { record } = await store.feed(visits).latest();
    await store.feed(visits).put(table, { producer, parents: record.parents });
    expect(await isTrained()).toBe(true);
    expect(await isTrained()).toBe(false);
  });

  test('a warm start goes on from the latest model of the same rank', async () => {
    const { store } = await storeWithVisits();
    const cold = await train({}, { store });
    const warm = await train({ warmStart: true }, { store });
    expect(warm.loss[0]?.loss).toBeLessThan(cold.loss[0]?.loss ?? 0);
    const other = await train({ warmStart: true, rank: 5 }, { store });
    expect(other.rank).toBe(5);
  });

  test('on Spark, what is missing or cannot be is refused at once, before the visits are read', async () => {
    const store = openFeeds('memory:');
    await expect(train({ trainOn: 'spark', warmStart: true, unobservedWeight: 0.5 }, { store })).rejects.toMatchObject({
      code: 'ALS_OPTIONS_INVALID',
      exitCode: 2,
      problems: [
        expect.stringContaining('unobservedWeight is 0.5'),
        'TRAIN_ON is spark, but SPARK_REMOTE is not set; set it to sc://host:port.',
        expect.stringContaining('TRAIN_WARM_START is true'),
      ],
    });
  });

  test('visits that name no attractions are refused', async () => {
    const store = openFeeds('memory:');
    await store.feed(visits).put(table, { producer });
    await expect(train({}, { store })).rejects.toMatchObject({ code: 'CONTRACTS_LINEAGE_BROKEN', exitCode: 3 });
  });
});

describe('settings', () => {
  test('every option of the trainer is a variable', () => {
    expect(trainSettings.regularizationExponent.variable).toBe('ALS_REGULARIZATION_EXPONENT');
    expect(trainSettings.rank.range).toContain('1 to 1024');
  });

  test('what is unset is left to the preset', async () => {
    const { store } = await storeWithVisits();
    await train({ preset: 'implicit', rank: 2 }, { store });
    const { options } = await (await store.feed(als).latest()).read();
    expect(options).toMatchObject({ regularizationExponent: 0, rank: 2 });
  });
});
