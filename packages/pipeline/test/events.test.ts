/** Events from the request to the training and to forgetting, by commands and a service in processes of their own. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { als, events, visits } from '@attractions/contracts';
import type { Event } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { SAMPLE_DATA } from './support/paths.js';
import { documentOf, servedIn } from './support/process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attractions-events-'));
  const config = { experiments: { events: { visits: ['visit'] } } };
  await writeFile(join(folder, 'attractions.config.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = () => ({ FEEDS_ROOT: join(folder, 'feeds'), RAW_DATA_PATH: SAMPLE_DATA });
const command = (...argv: string[]) => documentOf(folder, argv, env());

/** Sends a body to a service that runs for that alone. */
async function report(body: object, signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown> {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const send = async (url: string) => {
    const response = await fetch(`${url}/v1/events`, request);
    return { status: response.status, body: await response.json() };
  };
  return servedIn(folder, env(), send, signal);
}

const eventsIn = async (): Promise<Event[]> => {
  const rows: Event[] = [];
  const feed = openFeeds(join(folder, 'feeds')).feed(events);
  for await (const { seq } of feed.since(0)) {
    const update = await feed.at(seq);
    rows.push(...(await update.read().catch(() => [])));
  }
  return rows;
};

test('a visit that is reported, and lives through a kill, is trained on; a visitor who is forgotten is gone from events too', async () => {
  const store = openFeeds(join(folder, 'feeds'));
  await command('run');
  const before = await (await store.feed(visits).latest()).read();
  const known = await (await store.feed(als).latest()).read();
  const [first = '', second = ''] = known.attractionIds;
  const at = '2024-05-01T12:00:00Z';
  const body = {
    events: [
      { eventId: 'e-1', userId: 'new@example.org', type: 'visit', attractionId: first, at },
      { eventId: 'e-2', userId: 'new@example.org', type: 'visit', attractionId: second, at: '2024-05-01T13:00:00Z' },
      { eventId: 'e-3', userId: 'new@example.org', type: 'click', attractionId: first, at },
      { eventId: 'e-4', userId: 'gone@example.org', type: 'visit', attractionId: first, at },
    ],
  };
  expect(await report(body, 'SIGKILL')).toEqual({ status: 202, body: { taken: 4, known: 0 } });
  // What the killed one has left waits in the spool; another one takes the repeat, and the feed knows it.
  expect(await report(body, 'SIGTERM')).toMatchObject({ status: 202 });
  await command('forget', 'gone@example.org', '--yes');
  expect((await eventsIn()).map(({ eventId }) => eventId).sort()).toEqual(['e-1', 'e-2', 'e-3']);
  const left = await readdir(join(folder, 'feeds'), { recursive: true, withFileTypes: true });
  for (const entry of left.filter((one) => one.isFile() && !one.name.endsWith('.parquet')))
    expect(await readFile(join(entry.parentPath, entry.name), 'utf8')).not.toContain('gone@example.org');

  const summary = await command('run');
  expect(summary).toMatchObject({ read: 'all' });
  const after = await (await store.feed(visits).latest()).read();
  expect(after.numRows).toBe(before.numRows + 2);
  const own = after.toArray().filter((row) => row.user_id === 'new@example.org');
  expect(own.map((row) => [row.attraction_id, new Date(Number(row.visited_at)).toISOString()])).toEqual([
    [first, '2024-05-01T12:00:00.000Z'],
    [second, '2024-05-01T13:00:00.000Z'],
  ]);
  expect((await (await store.feed(als).latest()).read()).userIds).toContain('new@example.org');
});
