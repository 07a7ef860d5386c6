import { expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { als, popularity } from '@attractions/contracts';
import { openFeeds, siblingOf } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { loadGeneration } from '@attractions/models';
import { runServe } from '@attractions/service';

import { pipelineSettings } from '../src/settings.js';
import { attractions, emptyFolder, quick } from './support/command-line.js';

/** What a model says: over HTTP by the service, on the command line, to the gate, and its siblings' own content. */
async function saidBy(store: FeedStore, feedsRoot: string) {
  const config = { ...quick(feedsRoot), port: 0, reportResamples: 100, logExposures: false };
  const command = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await attractions(config, ...argv, '--json');
    return { exitCode, stderr, found: JSON.parse(stdout) as object };
  };
  return forceConfig(pipelineSettings, config, async () => {
    const service = await runServe(readConfig(pipelineSettings), { store, logger: createLogger({ level: 'silent' }) });
    try {
      const generation = await loadGeneration(store);
      const { model, parks, attractions: places } = generation;
      const users = model.userIds.slice(0, 20);
      const park = places[[...parks.values()][0]?.[0] ?? 0]?.park ?? '';
      const asked = users.map(
        (user) => `users/${encodeURIComponent(user)}/recommendations?park=${park}&at=2015-06-01T12:00`,
      );
      const answers = await Promise.all(asked.map(async (path) => (await fetch(`${service.url}/v1/${path}`)).json()));
      // Each request has an id of its own.
      const lists = answers.map((list) => ({ ...(list as object), requestId: undefined }));
      const record = await store.feed(als).record('champion');
      const counted = await siblingOf(store.feed(popularity), record);
      const { found: answer } = await command('recommend', users[0] ?? '', '--park', park, '--at', '2015-06-01T12:00');
      const { exitCode, found } = await command('validate', String(record.seq));
      const { checks } = found as { checks: readonly object[] };
      return {
        model: service.generation,
        sources: new Set((answers as { source: string }[]).map(({ source }) => source)),
        lists,
        answer,
        next: generation.models.get('next-attraction'),
        popularity: await counted?.read(),
        gate: { exitCode, checks },
      };
    } finally {
      await service.close();
    }
  });
}

test('whatever expires around it, the champion is served, judged and answers as before; so does what a rollback goes to', async () => {
  const feedsRoot = await emptyFolder();
  const store = openFeeds(feedsRoot);
  for (const rank of [2, 4, 8, 3])
    for (const stage of [['etl', '--full'], ['train']])
      expect((await attractions({ ...quick(feedsRoot), rank }, ...stage)).exitCode).toBe(0);
  const feeds = (...argv: string[]) => attractions(quick(feedsRoot), 'feeds', ...argv);
  for (const seq of [3, 1, 2]) await feeds('alias', 'champion', `training/als#${seq}`);
  const before = await saidBy(store, feedsRoot);
  expect(before.sources).toEqual(new Set(['next-attraction']));
  expect(before.gate.exitCode).toBe(0);
  await feeds('rollback', 'training/als', 'champion');
  const earlier = await saidBy(store, feedsRoot);
  expect(earlier.model?.model).toBe(1);
  await feeds('rollback', 'training/als', 'champion');

  const expired: Record<string, number[]> = {};
  // A parent goes after its children: attractions after visits, visits after models.
  for (let round = 0; round < 3; round++)
    for (const feed of await store.list()) {
      const { stdout } = await feeds('expire', feed, '--keep-last', '1', '--grace', '0', '--yes', '--json');
      (expired[feed] ??= []).push(...(JSON.parse(stdout) as { purge: { purged: number[] } }).purge.purged);
    }
  for (const feed of [
    'etl/attractions',
    'etl/visits',
    'training/als',
    'training/next-attraction',
    'training/popularity',
  ])
    expect([feed, expired[`${feed}/v1.0`]]).toEqual([feed, [3]]);

  // A process that has read nothing yet.
  const fresh = openFeeds(feedsRoot);
  expect(await saidBy(fresh, feedsRoot)).toEqual(before);
  expect(
    (await attractions({ ...quick(feedsRoot), reportFolder: feedsRoot, reportResamples: 100 }, 'evaluate')).exitCode,
  ).toBe(0);
  await feeds('rollback', 'training/als', 'champion');
  expect(await saidBy(fresh, feedsRoot)).toEqual(earlier);
  const verified = JSON.parse((await feeds('verify', '--json')).stdout) as { findings: object[] }[];
  expect(verified.flatMap(({ findings }) => findings)).toEqual([]);
}, 240_000);
