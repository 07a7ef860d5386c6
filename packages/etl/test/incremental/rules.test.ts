import { describe, expect, test } from '@jest/globals';
import { visits, writtenVisits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { contentOf, csvOf, csvProject } from '../support/csv-project.js';
import type { Line } from '../support/csv-project.js';

const line = (user: string, item: string, hours: number): Line => ({ user, item, hours });

/** Two files that were read, in a store of their own. */
async function afterFirstRun() {
  const files = csvProject();
  files.write('events/1.csv', csvOf([line('ann', 'a', 0), line('ann', 'b', 20), line('bob', 'a', 3)]));
  files.write('events/3.csv', csvOf([line('ann', 'a', 40), line('eve', 'c', 1)]));
  const store = openFeeds('memory:');
  expect(await files.run(store)).toMatchObject({ read: 'all', visits: 5, users: 3 });
  return { files, store };
}

/** The visits of the last update: user, item, hours of its begin and photos. */
async function visitsIn(store: FeedStore): Promise<string[]> {
  const { visits: rows } = await contentOf(store);
  return rows.map((row) => {
    const { user_id: user, attraction_id: item, visited_at: at, photos } = JSON.parse(row);
    return `${user} ${item} ${(at - Date.UTC(2026, 0, 1)) / 3_600_000} ${photos}`;
  });
}

test('where nothing is new, nothing is read or put, and the summary is that of the last run', async () => {
  const { files, store } = await afterFirstRun();
  const first = await files.run(store, { full: true });
  files.touch('events/1.csv');
  const again = await files.run(store);
  const seq = (await store.feed(visits).latest()).seq;
  expect(again).toEqual({
    ...first,
    read: 'nothing',
    feeds: [],
    unchanged: { feed: visits.path, seq },
    seconds: again.seconds,
  });
  expect(seq).toBe(2);
});

test('a new file is read alone; its update shares the files of the one before and names them', async () => {
  const { files, store } = await afterFirstRun();
  files.write('events/2.csv', csvOf([line('bob', 'c', 50), line('new', 'd', 50)]));
  expect(await files.run(store)).toMatchObject({ read: 'new', rows: 7, kept: 7, visits: 7, users: 4, attractions: 4 });
  const { record } = await store.feed(visits).latest();
  expect(record.files.map(({ addedIn, rows }) => [addedIn, rows])).toEqual([
    [1, 5],
    [undefined, 2],
  ]);
  expect(record.sources.map(({ path }) => path)).toEqual(['events/1.csv', 'events/2.csv', 'events/3.csv']);
  expect(record.checks).toMatchObject({ newUsers: 0.25, newAttractions: 0.25 });
});

test('a new file that does not say by itself how its times are written is read with all others, and its lines are refused', async () => {
  const { files, store } = await afterFirstRun();
  files.write('events/2.csv', 'user,item,ts\nnew,d,soon\n');
  expect(await files.run(store)).toMatchObject({ read: 'all', rows: 6, kept: 5, rejected: 1, visits: 5 });
});

test('late lines join the visits that they belong to, and may make two of them one', async () => {
  const { files, store } = await afterFirstRun();
  // Ann was at a and, too long after, at b: with lines between, both are of one sequence. At hour 25 she is at b again.
  files.write(
    'events/2.csv',
    csvOf([line('ann', 'c', 7), line('ann', 'c', 14), line('ann', 'b', 25), line('ann', 'a', 32.5)]),
  );
  expect(await files.run(store)).toMatchObject({ read: 'new', visits: 5 });
  expect(await visitsIn(store)).toEqual(['ann a 0 3', 'ann b 20 2', 'ann c 7 2', 'bob a 3 1', 'eve c 1 1']);
});

test.each([0, 98])('a late line joins a visit that days of others lead to, from hour %s on', async (late) => {
  const { files, store } = await afterFirstRun();
  // Every seven hours from hour 0 on, or up to it: no gap is long enough to start a new sequence.
  const days = Array.from({ length: 14 }, (_, i) => 7 * (late === 0 ? i + 1 : i));
  const far = late === 0 ? 98 : 0;
  files.write('events/2.csv', csvOf(days.map((hours) => line('dan', hours === far ? 'a' : 'b', hours))));
  expect(await files.run(store)).toMatchObject({ read: 'new' });
  expect(await visitsIn(store)).toContain(`dan a ${far} 1`);
  files.write('events/4.csv', csvOf([line('dan', 'a', late), line('new', 'a', 3)]));
  expect(await files.run(store)).toMatchObject({ read: 'new', users: 5 });
  const found = (await visitsIn(store)).filter((visit) => visit.startsWith('dan'));
  expect(found).toEqual([`dan a 0 2`, `dan b 7 13`]);
});

test('a line that was refused for lying in the future is a visit when it is due', async () => {
  const { files, store } = await afterFirstRun();
  const hour = (Date.now() - Date.UTC(2026, 0, 1)) / 3_600_000;
  files.write('events/2.csv', csvOf([line('ann', 'd', hour + 48)]));
  expect(await files.run(store)).toMatchObject({ read: 'new', rejected: 1, visits: 5 });
  const { labels } = (await store.feed(visits).latest()).record;
  expect(Math.abs(Date.parse(String(labels['due'])) - Date.now() - 86_400_000)).toBeLessThan(60_000);
  expect(await files.run(store)).toMatchObject({ read: 'nothing' });
});

describe('everything is read again', () => {
  const changes: readonly (readonly [string, (files: ReturnType<typeof csvProject>) => unknown, number])[] = [
    ['a file was corrected', (files) => files.write('events/1.csv', csvOf([line('ann', 'b', 0)])), 3],
    [
      'a file grew',
      (files) => files.write('events/3.csv', csvOf([line('ann', 'a', 40), line('eve', 'c', 1), line('eve', 'a', 9)])),
      6,
    ],
    ['a file was deleted', (files) => files.remove('events/3.csv'), 3],
    ['a file was renamed', (files) => files.rename('events/3.csv', 'events/0.csv'), 5],
    ['a setting has changed', () => ({ gapHours: 30 }), 4],
    ['that was asked for', () => ({ full: true }), 5],
    ['a new file has other times', (files) => files.write('events/2.csv', 'user,item,ts\nann,a,1767225600000\n'), -1],
    ['events have weights now', () => ({ events: { visit: 1 } }), 5],
  ];
  test.each(changes)('where %s', async (_, change, count) => {
    const { files, store } = await afterFirstRun();
    const more = (change(files) ?? {}) as object;
    const run = files.run(store, more);
    // Two formats of times in one source: the run that reads everything refuses what it cannot recognise, or the lines.
    const { read, visits: found } = await run.catch(() => ({ read: 'all', visits: -1 }));
    expect(read).toBe('all');
    if (count >= 0) expect(found).toBe(count);
  });

  test('where the last update was not put by this stage', async () => {
    const { files, store } = await afterFirstRun();
    const feed = store.feed(writtenVisits);
    await feed.put(await (await feed.latest()).read(), { producer: { id: 'hand', package: 'test', version: '0.0.0' } });
    expect(await files.run(store)).toMatchObject({ read: 'all' });
    expect(await files.run(store)).toMatchObject({ read: 'nothing' });
  });

  test('where photo ids may repeat over all files', async () => {
    const files = csvProject({ columns: { photo: 'photo' } });
    const header = 'user,item,ts,photo';
    files.write('events/2.csv', csvOf([{ ...line('ann', 'a', 0), more: ['p1'] }], header));
    const store = openFeeds('memory:');
    await files.run(store);
    files.write('events/1.csv', csvOf([{ ...line('bob', 'a', 0), more: ['p1'] }], header));
    expect(await files.run(store)).toMatchObject({ read: 'all', visits: 1, rejected: 1 });
    expect(await visitsIn(store)).toEqual(['bob a 0 1']);
  });
});

test('many nights keep few small files, and old updates can be read as they were', async () => {
  const { files, store } = await afterFirstRun();
  for (let night = 10; night < 30; night++) {
    files.write(`events/${night}.csv`, csvOf([line(`user ${night}`, 'a', night), line('ann', 'z', 100 * night)]));
    expect(await files.run(store)).toMatchObject({ read: 'new' });
  }
  const feed = store.feed(visits);
  const counts: number[] = [];
  for await (const { files: parts } of feed.history()) counts.unshift(parts.length);
  expect(Math.max(...counts)).toBeLessThanOrEqual(18);
  expect(Math.min(...counts.slice(10))).toBeLessThanOrEqual(3);
  const whole = openFeeds('memory:');
  await files.run(whole, { full: true });
  expect(await contentOf(store)).toEqual(await contentOf(whole));
  await feed.expire(
    { keepLast: 2 },
    { producer: { id: 'keep', package: 'test', version: '0.0.0' }, dryRun: false, graceMs: 0 },
  );
  await feed.purge({ producer: { id: 'keep', package: 'test', version: '0.0.0' }, dryRun: false });
  expect(await contentOf(store)).toEqual(await contentOf(whole));
  expect((await feed.verify()).findings).toEqual([]);
});
