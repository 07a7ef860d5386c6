import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { copyOfOldRoot, run, serve } from './fixtures/recorded/replay.mjs';

let copy: Awaited<ReturnType<typeof copyOfOldRoot>>;
beforeAll(async () => {
  copy = await copyOfOldRoot();
});
afterAll(() => copy.remove());

/** What a command prints as JSON; it must have done its work. */
async function printed(...argv: string[]) {
  const { exitCode, stdout, stderr } = await run(copy.feedsRoot, [...argv, '--json']);
  expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('a root that the packages of November 2026 wrote is whole: every feed, record and file', async () => {
  const feeds = await printed('feeds', 'verify');
  expect(feeds.flatMap(({ findings }: { findings: unknown[] }) => findings)).toEqual([]);
  expect(feeds.map((one: Record<string, unknown>) => `${one['feed']} ${one['records']} ${one['updates']}`)).toEqual([
    'etl/attractions/v1.0 2 2',
    'etl/rejects/v1.0 2 2',
    'etl/visits/v1.0 2 2',
    'evaluation/report/v1.0 3 3',
    'evaluation/trials/v1.0 9 9',
    'experiments/config/v1.0 2 2',
    'serving/exposures/v1.0 4 2',
    'training/als/v1.0 7 3',
    'training/next-attraction/v1.0 3 3',
    'training/popularity/v1.0 3 3',
  ]);
});

test('its rows can be read, of first and of last updates', async () => {
  for (const [update, rows] of Object.entries({
    'etl/visits#1': 335,
    'etl/visits#2': 730,
    'etl/rejects#2': 13,
    'training/popularity#1': 63,
    'serving/exposures#2': 199,
  }))
    expect([update, (await printed('feeds', 'cat', update)).length]).toEqual([update, rows]);
  const [first] = await printed('feeds', 'cat', 'etl/visits#1');
  // 2023-11-10T09:09:18Z
  expect(first).toEqual({
    user_id: '100986756@N99',
    attraction_id: 'TidewrackBay:22',
    visited_at: 1_699_607_358_000,
    photos: 2,
  });
});

test('the champion of its gate is recommended from and served; the same list by both', async () => {
  const ask = ['100986756@N99', '--at', '2023-11-10T14:30', '--limit', '2'];
  const answer = await printed('recommend', ...ask);
  expect(answer).toMatchObject({
    source: 'next-attraction',
    generation: { model: 4, visits: 2, attractions: 2 },
    recommendations: [
      { attractionId: 'TidewrackBay:3', name: 'Mariner Carousel' },
      { attractionId: 'TidewrackBay:18', name: 'Gullwing Racer' },
    ],
  });
  const { url, stop } = await serve(copy.feedsRoot);
  try {
    const path = `/v1/users/${encodeURIComponent('100986756@N99')}/recommendations`;
    const response = await fetch(`${url}${path}?at=2023-11-10T14:30&limit=2&explain=true`);
    expect(response.status).toBe(200);
    const { recommendations } = (await response.json()) as { recommendations: unknown };
    expect(recommendations).toEqual(answer.recommendations);
  } finally {
    await stop();
  }
});

test('a model trained now is served without its visits, to the same answers; an old one needs them', async () => {
  const { feedsRoot, remove } = await copyOfOldRoot();
  const command = (...argv: string[]) => run(feedsRoot, argv);
  const asked = [
    ['GET', '/v1/users/100986756%40N99/recommendations?limit=5&explain=true'],
    ['GET', '/v1/users/100986756%40N99/recommendations?at=2023-11-10T14:30&park=TidewrackBay'],
    ['POST', '/v1/recommendations', { userId: '100986756@N99', visits: ['TidewrackBay:3'], explain: true }],
    ['GET', '/v1/users/100986756%40N99/recommendations?includeVisited=true&limit=50'],
  ] as const;
  const answers = async () => {
    const { url, stop } = await serve(feedsRoot, { LOG_EXPOSURES: 'false' });
    try {
      const replies = asked.map(async ([method, path, body]) => {
        const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const response = await fetch(`${url}${path}`, { method, ...json });
        const { recommendations, source, generation } = JSON.parse(await response.text());
        return { status: response.status, recommendations, source, generation };
      });
      return await Promise.all(replies);
    } finally {
      await stop();
    }
  };
  try {
    const trained = await command('train', '--json');
    expect(trained.exitCode).toBe(0);
    const { seq } = JSON.parse(trained.stdout).feeds.find(({ feed }: { feed: string }) =>
      feed.startsWith('training/als'),
    );
    await command('feeds', 'alias', 'champion', `training/als#${seq}`);
    const before = await answers();
    expect(before.map(({ status, generation }) => [status, generation.model])).toEqual(asked.map(() => [200, seq]));

    const visits = join(feedsRoot, 'etl/visits/v1.0');
    const files = (await readdir(visits, { recursive: true })).filter((file) => file.endsWith('.parquet'));
    for (const file of files) await writeFile(join(visits, file), 'unreadable');
    expect(await answers()).toEqual(before);

    await command('feeds', 'rollback', 'training/als', 'champion');
    await expect(answers()).rejects.toThrow('The service does not start');
  } finally {
    await remove();
  }
}, 120_000);
