import { expect, test } from '@jest/globals';
import {
  attractions as attractionsFeed,
  experiments,
  experimentsOf,
  exposures as exposuresFeed,
  visits,
} from '@attractions/contracts';
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
  for (const row of table.toArray().slice(0, 1_000)) {
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

test('what the service assigns is what the analysis recomputes; then it speaks, and refuses once the log is tampered with', async () => {
  const { feedsRoot, store, lists } = await sampleFeeds();
  const config = quick(feedsRoot);
  const [some, others] = [lists.slice(0, 100), lists.slice(100)];
  await store.feed(exposuresFeed).put(some, { producer });
  await store.feed(exposuresFeed).put(others, { producer });
  const { exitCode, stdout } = await attractions(config, 'experiment', '--days', '1', '--json');
  expect(exitCode).toBe(0);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({ experiment: 'demo', version: 1, days: 1, recomputed: lists.length });
  // Everybody goes where the list said, a minute later.
  expect(found.panels.map(({ followed }: { followed: { mean: number } }) => followed.mean)).toEqual([1, 1]);
  expect((await attractions(config, 'experiment', 'demo')).stdout).toMatch(/all \d+ exposures recompute/);
  expect((await attractions(config, 'experiment', 'nobody')).exitCode).toBe(2);
  const versioned = await attractions(config, 'experiment', '--version', '1', '--days', '1', '--json');
  expect(versioned.exitCode).toBe(0);
  expect(JSON.parse(versioned.stdout)).toMatchObject({ experiment: 'demo', version: 1, recomputed: lists.length });
  expect((await attractions(config, 'experiment', '--version', '2')).exitCode).toBe(2);
  await store.feed(exposuresFeed).put([{ ...(lists[0] as Exposure), bucket: 12 }], { producer });
  const tampered = await attractions(config, 'experiment', '--json');
  expect(tampered.exitCode).toBe(3);
  expect(JSON.parse(tampered.stdout).error.code).toBe('EVALUATION_EXPOSURES_DISAGREE');
});

test('passes over exposures that have expired and experiments nobody can read, says how many, and keeps to one lineage', async () => {
  const { feedsRoot, store, lists } = await sampleFeeds();
  const config = quick(feedsRoot);
  const readOut = () => attractions(config, 'experiment', '--days', '1', '--json');
  for (const some of [lists.slice(0, 50), lists.slice(50, 100), lists.slice(100)])
    await store.feed(exposuresFeed).put(some, { producer });
  const whole = JSON.parse((await readOut()).stdout);
  expect(whole).toMatchObject({ recomputed: lists.length, passedOver: { expiredExposures: 0, experiments: 0 } });

  // Attractions that came after the visits are not theirs.
  await store.feed(attractionsFeed).put([{ attractionId: 'x:1', park: 'x', name: 'Later', themes: [] }], { producer });
  expect(JSON.parse((await readOut()).stdout)).toEqual(whole);

  await attractions(config, 'feeds', 'expire', 'serving/exposures', '--keep-last', '1', '--grace', '0', '--yes');
  const damaged = { format: 'json', encode: nonsense, decode: async () => undefined };
  await store.feed({ ...experiments, codec: damaged as never }).put(demoExperiment, { producer });
  const { exitCode, stdout } = await readOut();
  expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({
    exitCode: 0,
    recomputed: lists.length - 100,
    passedOver: { expiredExposures: 2, experiments: 1 },
  });
  const text = await attractions(config, 'experiment', '--days', '1');
  expect(text.stdout).toContain('Passed over 2 updates of exposures that have expired');
  expect(text.stdout).toContain('Passed over 1 newer experiments that have expired or cannot be read.');
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
