import { expect, test } from '@jest/globals';
import { experiments, experimentsOf, exposures as exposuresFeed, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { Exposure } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';
import { assignmentIn } from '@attractions/experiments';
import { demoExperiment } from '@attractions/experiments';

import { attractions, emptyFolder, quick } from './support/command-line.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };

/** The sample visits in feeds, and a list of the user's own attraction for each user, a minute before its first visit. */
async function sampleFeeds(): Promise<{ feedsRoot: string; store: FeedStore; lists: Exposure[] }> {
  const feedsRoot = await emptyFolder();
  await attractions(quick(feedsRoot), 'etl');
  const store = openFeeds(feedsRoot);
  await store.feed(experiments).put(demoExperiment, { producer });
  const panelOf = assignmentIn(demoExperiment);
  const table = await (await store.feed(visits).latest()).read();
  const first = new Map<string, Exposure>();
  for (const row of table.toArray()) {
    const userId = String(row['user_id']);
    first.set(userId, {
      shownAt: new Date(Number(row['visited_at']) - 60_000),
      requestId: `r${first.size}`,
      userId,
      ...panelOf(userId),
      source: 'als',
      modelSeq: 1,
      items: [String(row['attraction_id'])],
    });
  }
  return { feedsRoot, store, lists: [...first.values()] };
}

const report = (config: ReturnType<typeof quick>, ...argv: string[]) =>
  attractions(config, 'experiment', 'report', ...argv);

test('what the service assigns is what the engine recomputes; then it speaks, and refuses once the log is tampered with', async () => {
  const { feedsRoot, store, lists } = await sampleFeeds();
  const config = quick(feedsRoot);
  const [some, others] = [lists.slice(0, 100), lists.slice(100)];
  await store.feed(exposuresFeed).put(some, { producer });
  await store.feed(exposuresFeed).put(others, { producer });
  const { exitCode, stdout } = await report(config, '--days', '1', '--json');
  const found = JSON.parse(stdout);
  expect({ exitCode, refusals: found.refusals }).toEqual({ exitCode: 0, refusals: [] });
  expect(found).toMatchObject({
    experiment: 'demo',
    versions: [1],
    refusals: [],
    exposures: { recomputed: lists.length },
  });
  // Everybody goes where the list said, a minute later: so there is no difference to judge.
  expect(found.metrics.map(({ metric }: { metric: object }) => metric)).toMatchObject([
    { name: 'followed', windowDays: 1 },
  ]);
  expect(found.metrics[0].panels.map(({ users }: { users: number }) => users > 100)).toEqual([true, true]);
  expect(found.metrics[0].panels.map(({ panel }: { panel: string }) => panel)).toEqual(['model', 'popular']);
  expect((await report(config, 'demo')).stdout).toMatch(/All \d+ exposures recompute; sample ratio: p 0/);
  expect((await report(config, 'nobody')).exitCode).toBe(2);
  const versioned = await report(config, '--version', '1', '--days', '1', '--json');
  expect(versioned.exitCode).toBe(0);
  expect((await report(config, '--version', '2')).exitCode).toBe(2);
  await store.feed(exposuresFeed).put([{ ...(lists[0] as Exposure), bucket: 12 }], { producer });
  const tampered = await report(config, '--json');
  expect(tampered.exitCode).toBe(3);
  const refused = JSON.parse(tampered.stdout);
  expect(refused.refusals).toMatchObject([{ code: 'exposures-disagree' }]);
  expect(refused.refusals[0].message).toMatch(
    /^1 of \d+ exposures do not recompute; request r\d+ shows '.+' panel \w+, bucket 12, which recomputes to panel \w+, bucket \d+/,
  );
  expect(refused.metrics).toEqual([]);
  expect((await report(config)).stdout).toContain('REFUSED (exposures-disagree): 1 of');
});

test('passes over exposures that have expired and experiments nobody can read, and says how many', async () => {
  const { feedsRoot, store, lists } = await sampleFeeds();
  const config = quick(feedsRoot);
  const read = async () => JSON.parse((await report(config, '--days', '1', '--json')).stdout);
  for (const some of [lists.slice(0, 50), lists.slice(50, 100), lists.slice(100)])
    await store.feed(exposuresFeed).put(some, { producer });
  expect(await read()).toMatchObject({
    exposures: { lists: lists.length },
    passedOver: { expiredExposures: 0, expiredEvents: 0, experiments: 0 },
  });

  await attractions(config, 'feeds', 'expire', 'serving/exposures', '--keep-last', '1', '--grace', '0', '--yes');
  await attractions(config, 'feeds', 'purge', 'serving/exposures', '--yes');
  const damaged = { format: 'json', encode: nonsense, decode: async () => undefined };
  await store.feed({ ...experiments, codec: damaged as never }).put(demoExperiment, { producer });
  expect(await read()).toMatchObject({
    exposures: { lists: lists.length - 100 },
    passedOver: { expiredExposures: 2, experiments: 1 },
  });
  const { stdout } = await report(config, '--days', '1');
  expect(stdout).toContain('Passed over 2 updates of exposures that have expired');
  expect(stdout).toContain('Passed over 1 versions of experiments that cannot be read.');
});

async function* nonsense() {
  yield { name: 'part-00000.json', bytes: new TextEncoder().encode('{"experiment":7}'), rows: 1 };
}

test('a bad experiment in the feeds stops neither recommend nor run', async () => {
  const feedsRoot = await emptyFolder();
  const config = quick(feedsRoot);
  const bad = { ...demoExperiment, panels: [{ name: 'all', recommender: 'nobody', buckets: [[0, 10_000]] as const }] };
  const feed = openFeeds(feedsRoot).feed(experimentsOf(['nobody']));
  await feed.put(bad, { producer });
  const ran = await attractions(config, 'run', '--json');
  expect(ran.exitCode).toBe(0);
  const [{ userId }] = JSON.parse(ran.stdout).recommendations;
  const asked = await attractions(config, 'recommend', userId, '--json');
  expect(asked.exitCode).toBe(0);
  expect(JSON.parse(asked.stdout).panel).toBeUndefined();
});
