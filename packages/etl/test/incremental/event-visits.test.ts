import { describe, expect, test } from '@jest/globals';
import { events, rejects } from '@attractions/contracts';
import type { Event } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { contentOf, csvOf, csvProject } from '../support/csv-project.js';
import type { ProjectOptions } from '../support/csv-project.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const START = Date.UTC(2026, 0, 1);

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
const folderStore = (): FeedStore => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-events-'));
  made.push(folder);
  return openFeeds(folder);
};

const event = (eventId: string, userId: string, attractionId: string | undefined, hours: number, type = 'visit') => {
  const at = new Date(START + hours * 3_600_000);
  const row: Event = { eventId, userId, type, at, receivedAt: at };
  return attractionId === undefined ? row : { ...row, attractionId };
};
const put = (store: FeedStore, rows: readonly Event[]) => store.feed(events).put(rows, { producer });
const eventVisits = ['visit'];

/** What is in the latest visits: `user attraction hours photos`. */
const visitsIn = async (store: FeedStore) =>
  (await contentOf(store)).visits.map((text) => {
    const { user_id, attraction_id, visited_at, photos } = JSON.parse(text);
    return `${user_id} ${attraction_id} ${(visited_at - START) / 3_600_000} ${photos}`;
  });

describe.each([
  ['in memory', () => openFeeds('memory:')],
  ['in a folder', folderStore],
])('events that are visits, feeds %s', (_, open) => {
  test('are visits beside those of the sources: of the types named, with an attraction, each once', async () => {
    const [store, project] = [open(), csvProject()];
    project.write('events/0.csv', csvOf([{ user: 'u1', item: 'a', hours: 1 }]));
    const twice = event('e-1', 'u2', 'a', 5);
    await put(store, [twice, event('e-2', 'u1', 'a', 2), event('e-3', 'u3', 'b', 3, 'view')]);
    await put(store, [twice, event('e-4', 'u3', undefined, 3)]);
    const summary = await project.run(store, { eventVisits });
    expect(summary).toMatchObject({ read: 'all', rows: 3, kept: 3, visits: 2, users: 2 });
    expect(await visitsIn(store)).toEqual(['u1 a 1 2', 'u2 a 5 1']);
    expect(await project.run(store, { eventVisits })).toMatchObject({ read: 'nothing' });
    expect(await project.run(store)).toMatchObject({ read: 'all', rows: 1 });
  });

  test('that are new are read alone, with new files or without, and come to what reading everything does', async () => {
    const [store, other, project] = [open(), openFeeds('memory:'), csvProject()];
    const both = async (rows: readonly Event[]) => {
      for (const one of [store, other]) await put(one, rows);
    };
    project.write('events/0.csv', csvOf([{ user: 'u1', item: 'a', hours: 1 }]));
    await project.run(store, { eventVisits });
    const steps: [readonly Event[], string | undefined][] = [
      [[event('e-1', 'u1', 'a', 3), event('e-2', 'u2', 'b', 4)], undefined],
      [[event('e-3', 'u2', 'b', 6), event('e-4', 'u3', 'c', 90)], csvOf([{ user: 'u3', item: 'a', hours: 7 }])],
      [[event('e-5', '', 'c', 9), event('e-6', 'u1', 'c', -9e6)], undefined],
    ];
    for (const [n, [rows, file]] of steps.entries()) {
      await both(rows);
      if (file !== undefined) project.write(`events/${n + 1}.csv`, file);
      expect(await project.run(store, { eventVisits })).toMatchObject({ read: 'new' });
    }
    await project.run(other, { eventVisits, full: true });
    const [now, whole] = await Promise.all([contentOf(store), contentOf(other)]);
    expect({ ...now.checks, ...now.labels }).toEqual({ ...whole.checks, ...whole.labels });
    expect(now.visits).toEqual(whole.visits);
    expect(await visitsIn(store)).toContain('u1 a 1 2');
    const refused = await (await store.feed(rejects).latest()).read();
    expect(refused.map(({ text, reason }) => [text, reason])).toEqual([
      ['e-5,,visit,c', 'The user id is empty.'],
      ['e-6,u1,visit,c', expect.stringContaining('is not a time from 1970')],
    ]);
  });
});

test.each<[string, ProjectOptions, string, string[], string]>([
  ['parks', { columns: { park: 'park' } }, 'user,item,ts,park', ['p'], 'p:a'],
  ['sequences', { columns: { sequence: 'seq' } }, 'user,item,ts,seq', ['1'], 'a'],
  ['photos', { columns: { photo: 'photo' } }, 'user,item,ts,photo', ['1'], 'a'],
  ['weights', { columns: { weight: 'w', event: 'e' }, events: { visit: 2 } }, 'user,item,ts,w,e', ['1', 'visit'], 'a'],
  ['attractions of their own', { attractions: true }, 'user,item,ts', [], 'a'],
])('events are visits beside a source with %s', async (_, options, header, more, attraction) => {
  const [store, project] = [openFeeds('memory:'), csvProject(options)];
  project.write('items.csv', 'id,name\na,A\n');
  project.write('events/0.csv', csvOf([{ user: 'u1', item: 'a', hours: 1, more }], header));
  await put(store, [event('e-1', 'u2', attraction, 2), event('e-2', 'u1', attraction, 100)]);
  await project.run(store, { eventVisits });
  expect(await visitsIn(store)).toEqual(
    [`u1 ${attraction} 1 1`, `u1 ${attraction} 100 1`, `u2 ${attraction} 2 1`].sort(),
  );
});
