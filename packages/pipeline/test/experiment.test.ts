import { beforeAll, expect, test } from '@jest/globals';
import { experiments, exposures as exposuresFeed, openFeeds, visits } from '@attractions/feeds';
import type { Exposure, FeedStore } from '@attractions/feeds';
import { assignmentIn, demoExperiment } from '@attractions/recommender';

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

let sample: Awaited<ReturnType<typeof sampleFeeds>>;
beforeAll(async () => {
  sample = await sampleFeeds();
});

test('what the service assigns is what the analysis recomputes; then it speaks, and refuses once the log is tampered with', async () => {
  const { feedsRoot, store, lists } = sample;
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
  await store.feed(exposuresFeed).put([{ ...(lists[0] as Exposure), bucket: 12 }], { producer });
  const tampered = await attractions(config, 'experiment', '--json');
  expect(tampered.exitCode).toBe(3);
  expect(JSON.parse(tampered.stdout).error.code).toBe('EVALUATION_EXPOSURES_DISAGREE');
});
