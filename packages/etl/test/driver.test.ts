import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { attractions, forgotten, rejects, visitWeights, visits, withForgotten } from '@attractions/contracts';
import type { VisitsColumns } from '@attractions/contracts';
import { openFeeds, parentOf, parquet, streamed } from '@attractions/feeds';
import { duckDbEngine } from '../src/engine/duckdb.js';
import { sql } from '../src/frame/frame.js';
import type { Sql } from '../src/frame/frame.js';
import { loadVisits } from '../src/loader.js';
import { etlSettings } from '../src/settings.js';
import { runEtl } from '../src/driver.js';
import { defineSource } from '../src/source/source.js';
import { anyOptions, memorySource } from './support/memory-source.js';
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
  expect(visitsHead.checks).toEqual({
    ...{ rows: 3, kept: 2, duplicates: 0, rejected: 1, files: 2, visits: 2, users: 1, attractions: 2 },
    ...{ earliest: '2010-01-01T00:00:00.000Z', latest: '2010-01-01T00:00:09.000Z', 'rejected.takenUnix': 1 },
    ...{ 'empty.latitude': 0, 'empty.longitude': 0, 'empty.duration': 0, 'empty.themes': 0 },
  });
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
  const again = await runEtl(configured(folder), { store, logger, runId: 'night-1', full: true });
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

test('visits that the engine writes are those that were put through JavaScript, byte for byte when encoded so again', async () => {
  const store = openFeeds('memory:');
  const folder = fileURLToPath(new URL('../../../tools/sample-data', import.meta.url));
  await runEtl(configured(folder), { store, logger });
  const update = await store.feed(visits).latest();
  expect(update.record.files).toMatchObject([{ rows: 3_341 }]);
  const { fields } = await update.read().then(({ schema }) => schema);
  expect(fields.map(({ name }) => name)).toEqual(['user_id', 'attraction_id', 'visited_at', 'photos', 'weight']);
  const before = parquet<VisitsColumns>(visits.schema.slice(0, 4));
  for await (const { bytes } of before.encode(await update.read()))
    // As recorded before the engine wrote.
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      '54e2d3b891c7d4142cd398929b39142d7c8710af0b37ba2f13b0838f7e6fa179',
    );
});

test('many visits are several files, also after lines that change all of these, and each row group is in order', async () => {
  const root = rawFolder();
  const write = async (name: string, rows: Sql, seconds: number): Promise<void> => {
    const engine = duckDbEngine();
    const [user, time] = [sql`md5(CAST(i % 50021 AS VARCHAR))`, sql`to_seconds(i * 9 + ${seconds})`];
    await engine.write(
      sql`SELECT ${user} AS u, i % 7 AS a, TIMESTAMP '2026-01-01 00:00:00' + ${time} AS t FROM ${sql.relation(rows)} r(i)`,
      `${root}/${name}.parquet`,
    );
    await engine.close();
  };
  const columns = { user: 'u', attraction: 'a', time: 't' };
  const from = { visits: { type: 'parquet', files: '*.parquet', columns } };
  const store = openFeeds(`${root}/feeds`);
  const run = () => runEtl(configured('unused'), { store, logger, from, baseFolder: root });
  const wholeInOrder = async (): Promise<number> => {
    let read = 0;
    // A batch has rows of one row group.
    for await (const batch of await (await store.feed(streamed(visits)).latest()).read()) {
      let last = '';
      const [users, times] = [batch.getChild('user_id'), batch.getChild('visited_at')];
      for (let row = 0; row < batch.numRows; row++) {
        const key = `${String(users?.get(row))} ${String(Number(times?.get(row))).padStart(16, '0')}`;
        if (key < last) throw new Error(`Row ${read} is out of order: ${key} after ${last}.`);
        last = key;
        read++;
      }
    }
    return read;
  };

  await write('rows', sql`range(2500000)`, 0);
  expect(await run()).toMatchObject({ rows: 2_500_000, kept: 2_500_000, visits: 2_500_000, users: 50_021 });
  const { record } = await store.feed(visits).latest();
  expect(record.files.length).toBeGreaterThan(5);
  expect(await wholeInOrder()).toBe(2_500_000);

  // A second photo, a second later, of a visit in each hundred users.
  await write('more', sql`range(0, 50021, 100)`, 1);
  expect(await run()).toMatchObject({
    read: 'new',
    rows: 2_500_501,
    kept: 2_500_501,
    visits: 2_500_000,
    users: 50_021,
  });
  const { record: next } = await store.feed(visits).latest();
  expect(next.files.filter(({ addedIn }) => addedIn !== undefined)).toEqual([]);
  expect(await wholeInOrder()).toBe(2_500_000);
});

test('what is refused leaves no file', async () => {
  const root = rawFolder();
  const store = openFeeds(`${root}/feeds`);
  await expect(runEtl(configured(raw(), 0.3), { store, logger })).rejects.toMatchObject({ exitCode: 3 });
  const left = readdirSync(`${root}/feeds`, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
});

test('events and own weights make the weight of a visit, below 0 too; without them there is none', async () => {
  const lines = [
    'user,attraction,time,event,stars',
    'ann,1,2026-05-01T10:00:00Z,visit,',
    'ann,1,2026-05-01T10:05:00Z,favourite,2',
    'ann,2,2026-05-01T11:00:00Z,left,0.5',
    'bob,1,2026-05-01T11:00:00Z,jumped,1',
    'bob,1,2026-05-01T11:00:00Z,visit,many',
    '',
  ];
  const baseFolder = rawFolder({ 'e.csv': lines.join('\n') });
  const events = { visit: 1, favourite: 3, left: -1 };
  const weightsOf = async (columns: object, more: object) => {
    const store = openFeeds('memory:');
    const from = { visits: { type: 'csv', files: 'e.csv', columns } };
    const summary = await runEtl(configured('unused'), { store, logger, from, baseFolder, ...more });
    const table = await (await store.feed(visits).latest()).read();
    const refused = (await (await store.feed(rejects).latest()).read()).map(({ line, column, reason }) => [
      line,
      column,
      reason,
    ]);
    const inMemory = await loadVisits(from, { baseFolder, ...more });
    expect(visitWeights(inMemory.visits)).toEqual(visitWeights(table));
    return { weights: visitWeights(table), refused, kept: summary.kept };
  };
  expect(await weightsOf({ event: 'event', weight: 'stars' }, { events })).toEqual({
    weights: Float32Array.of(7, -0.5),
    refused: [
      [5, 'event', "The event 'jumped' has no weight in the setting events."],
      [6, 'stars', "'many' is not a number."],
    ],
    kept: 3,
  });
  expect(await weightsOf({ event: 'event' }, {})).toEqual({ weights: undefined, refused: [], kept: 5 });
});

test('a load that began before a user was forgotten commits nothing', async () => {
  const store = openFeeds('memory:');
  const forgetting = defineSource({
    type: 'forgetting',
    options: anyOptions,
    probe: () => Promise.resolve({ found: 'One visit.', sample: [] }),
    async *visits() {
      yield { user: 'ann', attraction: 'wheel', time: '2026-05-01T10:00:00Z' };
      const producer = { id: 'test', package: 'test', version: '0' };
      await store.feed(forgotten).put(withForgotten(undefined, ['ann'], new Date()), { producer });
    },
  });
  const from = { visits: { type: 'forgetting' } };
  const load = () => runEtl(configured('unused'), { store, logger, from, sources: [forgetting] });
  await expect(load()).rejects.toMatchObject({ code: 'CONTRACTS_INPUT_GONE', exitCode: 1 });
  expect(await store.list()).toEqual([forgotten.path]);
});
