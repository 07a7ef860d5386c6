import { beforeAll, describe, expect, test } from '@jest/globals';
import { forceConfig, readConfig } from '@attractions/config';
import { experiments, lists, nextAttraction } from '@attractions/contracts';
import type { ListEntry } from '@attractions/contracts';
import { demoExperiment } from '@attractions/experiments';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { loadGeneration } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { modelOf, producer, putGeneration, sampleGeneration, sampleNext } from '@attractions/models/testing';
import { createRecommender } from '../../src/answers/compose.js';
import { runRecommend } from '../../src/driver.js';
import type { RecommendContext } from '../../src/driver.js';
import { recommendSettings } from '../../src/settings.js';
import type { RecommendConfig } from '../../src/settings.js';

/** Of more turns than threads, the last of them short. */
const USERS = 1_730;
const AT = '2015-07-01T12:30';
const logger = { info: () => undefined, warn: () => undefined };

/** Users who went to one to five of the six attractions, with tastes of every kind. */
async function putMany(store: FeedStore): Promise<void> {
  const { attractionIds, itemFactors, visitors, rank } = sampleGeneration().model;
  const users = Array.from({ length: USERS }, (_, n) => {
    const seen = [0, 1, 2, 3, 4, 5].filter((item) => (n * 7 + item * item) % (2 + (n % 5)) === 0);
    return [`u${String(n).padStart(4, '0')} 🎢`, { factors: [Math.sin(n), Math.cos(n * n)], seen }] as const;
  });
  const model = modelOf({
    rank,
    attractionIds,
    itemFactors: [...itemFactors],
    users: Object.fromEntries(users),
    visitors: [...visitors],
  });
  await putGeneration(store, {
    model,
    beside: (parents) => store.feed(nextAttraction).put(sampleNext(), { producer, parents }),
  });
}

function run(store: FeedStore, forced: Partial<RecommendConfig> = {}, context: Partial<RecommendContext> = {}) {
  const settings = { listsAt: AT, listsThreads: 2, ...forced };
  const config = forceConfig(recommendSettings, settings, () => readConfig(recommendSettings));
  return runRecommend(config, { store, logger, ...context });
}

const rowsOf = async (store: FeedStore): Promise<readonly ListEntry[]> => (await store.feed(lists).latest()).read();

/** What the library answers each user, as rows. */
function expected(generation: Generation, request: object, composition = {}): object[] {
  const recommender = createRecommender(generation, composition);
  return generation.model.userIds.flatMap((userId) => {
    const { recommendations, panel } = recommender.recommend({ userId, at: AT, explain: true, ...request });
    return recommendations.map((entry, n) => ({
      userId,
      place: n + 1,
      ...entry,
      park: entry.attractionId.split(':')[0],
      ...(panel && { experiment: panel.experiment, version: panel.version, panel: panel.panel }),
      modelSeq: 1,
    }));
  });
}

const withoutTime = (rows: readonly ListEntry[]) => rows.map((row) => ({ ...row, generatedAt: undefined }));

describe('the lists of all users', () => {
  let store: FeedStore;
  let generation: Generation;
  beforeAll(async () => {
    store = openFeeds('memory:');
    await putMany(store);
    generation = await loadGeneration(store);
  });

  test.each([1, 2, 5])(
    'are what each of them would be answered, in the order of the model, on %i threads',
    async (n) => {
      const begin = Date.now();
      const summary = await run(store, { listsThreads: n });
      const rows = await rowsOf(store);
      expect(withoutTime(rows)).toEqual(expected(generation, {}));
      expect(new Set(rows.map(({ userId }) => userId)).size).toBe(USERS);
      const times = new Set(rows.map(({ generatedAt }) => Number(generatedAt)));
      expect(times.size).toBe(1);
      expect([...times][0]).toBeGreaterThanOrEqual(begin);
      expect(summary).toMatchObject({ model: 1, users: USERS, entries: rows.length, limit: 10, park: null, at: AT });
    },
  );

  test('keep to a limit and a park', async () => {
    await run(store, { listsLimit: 2, listsPark: 'bay' });
    const rows = await rowsOf(store);
    expect(withoutTime(rows)).toEqual(expected(generation, { limit: 2, park: 'bay' }));
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['next-attraction']));
  });

  test('name what they were made from, and how many they are', async () => {
    const { feeds, entries } = await run(store);
    const { record } = await store.feed(lists).latest();
    expect(feeds).toEqual([{ feed: 'serving/lists/v1.0', seq: record.seq }]);
    expect(record.parents.map(({ feed, seq }) => [feed, seq])).toEqual([
      ['training/als/v1.0', 1],
      ['training/next-attraction/v1.0', 1],
      ['etl/visits/v1.0', 1],
      ['etl/attractions/v1.0', 1],
    ]);
    expect(record.checks).toEqual({ users: USERS, entries });
    expect(record.producer).toMatchObject({ id: 'recommender', config: { limit: 10, at: AT, park: null } });
  });

  test('tell how far they are', async () => {
    const told: number[] = [];
    await run(store, {}, { onProgress: ({ users, ofUsers }) => told.push(users / ofUsers) });
    expect(told).toEqual([500, 1_000, 1_500, USERS].map((users) => users / USERS));
    const lines: string[] = [];
    await run(store, {}, { logger: { ...logger, info: (_: object, line?: string) => void lines.push(line ?? '') } });
    expect(lines[0]).toBe(`making lists for ${USERS} users by model 1`);
    expect(lines.at(-1)).toBe(`lists for ${USERS} of ${USERS} users, 0.0 s left`);
  });

  test('are committed once by one run, and its second try makes none', async () => {
    const first = await run(store, {}, { runId: 'night 1' });
    const parts: unknown[] = [];
    const second = await run(store, {}, { runId: 'night 1', onProgress: (part) => parts.push(part) });
    expect(second.feeds).toEqual(first.feeds);
    expect(second.entries).toBe(first.entries);
    expect(parts).toEqual([]);
  });

  test('are not committed where the run is stopped while they are made, and leave no file', async () => {
    const before = (await store.feed(lists).head())?.seq;
    const stopping = new AbortController();
    const stopped = run(store, {}, { signal: stopping.signal, onProgress: () => stopping.abort(new Error('stopped')) });
    await expect(stopped).rejects.toThrow('stopped');
    expect((await store.feed(lists).head())?.seq).toBe(before);
    expect((await store.log(lists.path).verify()).findings).toEqual([]);
  });

  test.each<[Partial<RecommendConfig>, string]>([
    [{ listsPark: 'mars' }, 'RECOMMENDER_UNKNOWN_PARK'],
    [{ listsAt: 'noon' }, 'RECOMMENDER_REQUEST_INVALID'],
  ])('%j is refused before anything is made', async (forced, code) => {
    const before = (await store.feed(lists).head())?.seq;
    await expect(run(store, forced)).rejects.toMatchObject({ code, exitCode: 2 });
    expect((await store.feed(lists).head())?.seq).toBe(before);
  });
});

test('where an experiment runs, everybody gets the list of their panel, and the update names the experiment', async () => {
  const store = openFeeds('memory:');
  await putMany(store);
  await store.feed(experiments).put(demoExperiment, { producer });
  const summary = await run(store, { listsPark: 'bay' });
  const rows = await rowsOf(store);
  const generation = await loadGeneration(store);
  expect(withoutTime(rows)).toEqual(expected(generation, { park: 'bay' }, { experiments: [demoExperiment] }));
  expect(new Set(rows.map(({ panel }) => panel)).size).toBeGreaterThan(1);
  expect(summary.experiments).toEqual([{ experiment: demoExperiment.experiment, version: demoExperiment.version }]);
  const { parents } = (await store.feed(lists).latest()).record;
  expect(parents.at(-1)).toMatchObject({ feed: 'experiments/config/v1.0', seq: 1 });
});

test('a model without users has no lists, and the feed says so', async () => {
  const store = openFeeds('memory:');
  const { attractionIds, itemFactors, rank } = sampleGeneration().model;
  await putGeneration(store, { model: modelOf({ rank, attractionIds, itemFactors: [...itemFactors] }) });
  expect(await run(store)).toMatchObject({ users: 0, entries: 0 });
  expect(await rowsOf(store)).toEqual([]);
});
