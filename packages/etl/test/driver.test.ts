import { expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { attractions, rejects, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';
import { etlSettings } from '../src/settings.js';
import { runEtl } from '../src/driver.js';
import { memorySource } from './support/memory-source.js';
import { NEW_YEAR, photo, poiFile, rawFolder, visitsFile } from './support/raw-folder.js';

const logger = createLogger({ level: 'silent' });

function configured(rawDataPath: string, maxRejectShare = 0.5) {
  return forceConfig(etlSettings, { rawDataPath, maxRejectShare }, () => readConfig(etlSettings));
}

/** Two good lines and a bad one. */
const raw = () =>
  rawFolder({
    'POI-A.csv': poiFile(2),
    'userVisits-A-allPOI.csv': visitsFile([
      photo(1, 'u', NEW_YEAR, 1, 1),
      photo(2, 'u', NEW_YEAR + 9, 2, 1),
      photo(3, 'u', 'noon', 2, 1),
    ]),
  });

test('puts attractions, rejects and last visits, which name the other two and the raw files', async () => {
  const store = openFeeds('memory:');
  const summary = await runEtl(configured(raw()), { store, logger });
  expect(summary).toMatchObject({ rows: 3, kept: 2, rejected: 1, visits: 2, users: 1, attractions: 2 });
  expect(summary.feeds.map(({ feed }) => feed)).toEqual([attractions.path, rejects.path, visits.path]);

  const [attractionsHead, rejectsHead, visitsHead] = await Promise.all([
    store.feed(attractions).head(),
    store.feed(rejects).head(),
    store.feed(visits).head(),
  ]);
  if (!attractionsHead || !rejectsHead || !visitsHead) throw new Error('a feed is empty');
  expect(visitsHead.parents).toEqual([parentOf(attractionsHead), parentOf(rejectsHead)]);
  expect(visitsHead.sources.map(({ path }) => path)).toEqual(['POI-A.csv', 'userVisits-A-allPOI.csv']);
  expect(visitsHead.checks).toEqual({ rows: 3, kept: 2, duplicates: 0, rejected: 1 });
  expect(await (await store.feed(rejects).latest()).read()).toMatchObject([
    { file: 'userVisits-A-allPOI.csv', line: 4, column: 'takenUnix', text: photo(3, 'u', 'noon', 2, 1) },
  ]);
});

test('above the share of rejects it refuses with exit code 3, and commits nothing', async () => {
  const store = openFeeds('memory:');
  const run = runEtl(configured(raw(), 0.3), { store, logger });
  await expect(run).rejects.toMatchObject({
    code: 'ETL_TOO_MANY_REJECTS',
    exitCode: 3,
    message: expect.stringContaining("'noon'"),
  });
  expect(await store.list()).toEqual([]);
});

test('no good line at all is refused, even where every reject is allowed', async () => {
  const folder = rawFolder({ 'POI-A.csv': poiFile(1), 'userVisits-A-allPOI.csv': visitsFile([]) });
  const store = openFeeds('memory:');
  await expect(runEtl(configured(folder, 1), { store, logger })).rejects.toMatchObject({ code: 'ETL_NO_VISITS' });
  expect(await store.list()).toEqual([]);
});

test('the same run commits once', async () => {
  const store = openFeeds('memory:');
  const folder = raw();
  const first = await runEtl(configured(folder), { store, logger, runId: 'night-1' });
  const again = await runEtl(configured(folder), { store, logger, runId: 'night-1' });
  expect(again.feeds).toEqual(first.feeds);
});

test('an aborted run commits nothing more', async () => {
  const store = openFeeds('memory:');
  const signal = AbortSignal.abort(new Error('Stopped.'));
  await expect(runEtl(configured(raw()), { store, logger, signal })).rejects.toThrow('Stopped.');
  expect(await store.list()).toEqual([]);
});

test('a source of your own goes through the same door, and the record names its type but not its options', async () => {
  const store = openFeeds('memory:');
  const sources = [memorySource([{ user: 'ann', attraction: 'castle', time: '2020-05-01' }])];
  const from = { visits: { type: 'memory', password: 'secret' } };
  const summary = await runEtl(configured('unused'), { store, logger, from, sources });
  expect(summary).toMatchObject({ rows: 1, visits: 1, attractions: 1 });
  const head = await store.feed(visits).head();
  expect(head?.producer.config).toMatchObject({ sources: { visits: 'memory' } });
  expect(head?.sources).toMatchObject([{ path: 'memory' }]);
  expect(JSON.stringify(head)).not.toContain('secret');
});

test('a folder with user, item, ts, event goes into the feeds, by the paths of a config file', async () => {
  const store = openFeeds('memory:');
  const baseFolder = rawFolder({
    'events.csv': 'user,item,ts,event\nann,wheel,1777629600,visit\nbob,wheel,noon,visit\n',
  });
  const columns = { user: 'user', attraction: 'item', time: 'ts' };
  const from = { visits: { type: 'csv', files: '*.csv', columns } };
  const summary = await runEtl(configured('unused'), { store, logger, from, baseFolder });
  expect(summary).toMatchObject({ rows: 2, kept: 1, rejected: 1, visits: 1, attractions: 1 });
  expect(await (await store.feed(attractions).latest()).read()).toMatchObject([
    { attractionId: 'wheel', name: 'wheel' },
  ]);
  expect(await (await store.feed(rejects).latest()).read()).toMatchObject([
    { file: 'events.csv', line: 3, column: 'ts' },
  ]);
});
