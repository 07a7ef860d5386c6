import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from '@jest/globals';
import { loadVisits } from '../../src/loader.js';
import type { LoadedVisits } from '../../src/loader.js';
import { csv, jsonl, parquet } from '../../src/files/sources.js';
import { probeSources } from '../../src/source/choose.js';
import type { SourceSettings } from '../../src/source/choose.js';
import { sourceCases } from '../../src/testing/index.js';
import { rawFolder } from '../support/raw-folder.js';

const NOW = new Date('2026-11-28T12:00:00Z');

type Files = Readonly<Record<string, string | Uint8Array>>;

function load(files: Files, visits: object, attractions?: object): Promise<LoadedVisits> {
  const from = { visits: { type: 'csv', files: '*.csv', ...visits }, ...(attractions && { attractions }) };
  return loadVisits(from as SourceSettings, { baseFolder: rawFolder(files), now: NOW });
}

/** Visits as `user attraction time photos`. */
function rowsOf({ visits }: LoadedVisits): string[] {
  const columns = ['user_id', 'attraction_id', 'visited_at', 'photos'] as const;
  return Array.from({ length: visits.numRows }, (_, i) =>
    columns
      .map((column) => {
        const value: unknown = visits.getChild(column)?.get(i);
        return column === 'visited_at' ? new Date(Number(value)).toISOString().slice(0, 19) : String(value);
      })
      .join(' '),
  );
}

const rejectsOf = ({ rejects }: LoadedVisits) =>
  rejects.map(({ file, line, column, reason, text }) => [file, line, column, reason, text]);

const EVENTS = [
  'user,item,ts,event',
  'ann,carousel,2026-05-01T10:00:00Z,visit',
  'ann,carousel,2026-05-01T10:05:00Z,visit',
  'bob,"the ""big"" wheel,\nnorth",2026-05-01 11:00,visit',
  '',
  'cat,carousel,noon,visit',
  ',carousel,2026-05-01T10:00:00Z,visit',
  'dan,carousel',
  'eve,,2026-05-01,visit',
  'fay,carousel,2030-01-01,left',
  '',
].join('\n');

const COLUMNS = { user: 'user', attraction: 'item', time: 'ts', event: 'event' };

test('a folder with user, item, ts, event is read, and every row that is not says where it stands and why', async () => {
  const loaded = await load({ 'events.csv': EVENTS }, { columns: COLUMNS });
  expect(rowsOf(loaded)).toEqual([
    'ann carousel 2026-05-01T10:00:00 2',
    'bob the "big" wheel,\nnorth 2026-05-01T11:00:00 1',
  ]);
  expect(loaded.tally).toMatchObject({
    files: 1,
    rows: 8,
    kept: 3,
    duplicates: 0,
    rejected: 5,
    users: 2,
    attractions: 2,
  });
  expect(rejectsOf(loaded)).toEqual([
    ['events.csv', 7, 'ts', "'noon' is not a time in ISO 8601.", 'cat,carousel,noon,visit'],
    ['events.csv', 8, 'user', 'The user id is empty.', ',carousel,2026-05-01T10:00:00Z,visit'],
    ['events.csv', 9, '', 'The line has 2 of the 4 fields.', 'dan,carousel'],
    ['events.csv', 10, 'item', 'The attraction id is empty.', 'eve,,2026-05-01,visit'],
    [
      'events.csv',
      11,
      'ts',
      "'2030-01-01' is not a time from 1970-01-01 to 2026-11-29.",
      'fay,carousel,2030-01-01,left',
    ],
  ]);
  expect(loaded.sources).toEqual([
    { path: 'events.csv', bytes: EVENTS.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

test('ids are park:id where a park is given, and stand as they are where they are global', async () => {
  const files = { 'a.csv': 'user;attraction;time;site\nann;1;1777629600;N\nann;1;1777716000;S\n' };
  const columns = { park: 'site' };
  expect(rowsOf(await load(files, { columns }))).toEqual([
    'ann N:1 2026-05-01T10:00:00 1',
    'ann S:1 2026-05-02T10:00:00 1',
  ]);
  const { attractions } = await load(files, { columns, ids: 'global' });
  expect(attractions.map(({ attractionId }) => attractionId)).toEqual(['1']);
});

test('attractions come from a source of their own; visits that name no park find them by their ids', async () => {
  const items =
    '{"id":1,"title":"Carousel","site":"N","lat":52.5,"lon":13.4,"tags":["old","slow"]}\n{"id":2,"title":"Wheel","site":"S"}\n{"id":3}\n';
  const loaded = await load(
    { 'e.csv': 'user,attraction,time\nann,1,2026-05-01\nbob,9,2026-05-01\nbob,2,2026-05-02\n', 'items.jsonl': items },
    {},
    {
      type: 'jsonl',
      files: 'items.jsonl',
      columns: { attraction: 'id', name: 'title', park: 'site', latitude: 'lat', longitude: 'lon', themes: 'tags' },
    },
  );
  expect(loaded.attractions).toEqual([
    { attractionId: '1', park: 'N', name: 'Carousel', latitude: 52.5, longitude: 13.4, themes: ['old', 'slow'] },
    { attractionId: '2', park: 'S', name: 'Wheel', themes: [] },
  ]);
  expect(rejectsOf(loaded)).toEqual([
    ['e.csv', 3, 'attraction', "There is no attraction '9'.", 'bob,9,2026-05-01'],
    ['items.jsonl', 3, 'title', 'The attraction has no name.', '{"id":3}'],
  ]);
  expect(loaded.tally).toMatchObject({ rows: 3, kept: 2, rejected: 1 });
});

test('partitions, parts of file names and constants are values of a whole file', async () => {
  const files = {
    'north/day=2026-05-01/x-7.csv': 'user,attraction\nann,1\nbob,1\n',
    'north/day=2026-05-02/x-8.csv': 'attraction,user\n2,ann\n',
    'south/day=2026-05-02/x-9.csv': 'user,attraction\ncat,2\n,2\n',
  };
  const columns = { time: 'day', park: { fileName: '^([a-z]+)/' }, sequence: { fileName: 'x-(.)[.]csv' } };
  const loaded = await load(files, { files: '*/day=*/*.csv', columns });
  expect(rowsOf(loaded)).toEqual([
    'ann north:1 2026-05-01T00:00:00 1',
    'ann north:2 2026-05-02T00:00:00 1',
    'bob north:1 2026-05-01T00:00:00 1',
    'cat south:2 2026-05-02T00:00:00 1',
  ]);
  expect(rejectsOf(loaded)).toEqual([['south/day=2026-05-02/x-9.csv', 3, 'user', 'The user id is empty.', ',2']]);
  const constant = await load(
    { 'a.csv': 'user,attraction,time\nann,1,2026-05-01\n' },
    { columns: { park: { constant: 'P' } } },
  );
  expect(constant.attractions[0]?.attractionId).toBe('P:1');
});

test('attractions have constants and parts of file names too, beside visits that have them', async () => {
  const files = { 'a.csv': 'user,attraction,time\nann,1,2026-05-01\n', 'P.jsonl': '{"id":1,"name":"Wheel"}\n' };
  for (const park of [{ constant: 'P' }, { fileName: '(.+)[.]jsonl' }]) {
    const attractions = { type: 'jsonl', files: '*.jsonl', columns: { attraction: 'id', name: 'name', park } };
    const loaded = await load(files, { columns: { park: { constant: 'P' } } }, attractions);
    expect(loaded.attractions).toEqual([{ attractionId: 'P:1', park: 'P', name: 'Wheel', themes: [] }]);
  }
});

test('repeats of a photo are duplicates where they say the same, and rejects where they do not', async () => {
  const loaded = await load(
    {
      'a.csv': 'id,user,attraction,time\n1,ann,x,2026-05-01\n1,ann,x,2026-05-01\n2,ann,y,2026-05-01\n',
      'b.csv': 'id,user,attraction,time\n2,bob,y,2026-05-01\n,bob,y,2026-05-01\n',
    },
    { columns: { photo: 'id' } },
  );
  expect(loaded.tally).toMatchObject({ rows: 5, kept: 3, duplicates: 1, rejected: 1 });
  expect(rejectsOf(loaded)).toEqual([
    ['b.csv', 2, 'user', "The photo '2' is one of user 'ann' already.", '2,bob,y,2026-05-01'],
  ]);
});

test.each([
  ['seconds', '1777629600', undefined],
  ['seconds with a fraction', '1777629600.0', undefined],
  ['milliseconds', '1777629600000', undefined],
  ['an offset', '2026-05-01T12:00:00+02:00', undefined],
  ['a pattern', '01.05.2026 10:00', '%d.%m.%Y %H:%M'],
])('times in %s', async (_, time, timeFormat) => {
  const loaded = await load({ 'a.csv': `user,attraction,time\nann,1,${time}\n` }, timeFormat ? { timeFormat } : {});
  expect(rowsOf(loaded)).toEqual(['ann 1 2026-05-01T10:00:00 1']);
});

test('JSON lines: keys, pointers, numbers, and lines that are no objects', async () => {
  const lines = [
    '{"who":{"id":7},"what":"a/b","when":1777629600}',
    '',
    'not json',
    '[1]',
    '{"who":{"id":"ann"},"what":2.50,"when":1777629600}',
    '{"what":"x","when":1777629600}',
  ];
  const loaded = await load(
    { 'a.jsonl': lines.join('\r\n') },
    {
      type: 'jsonl',
      files: 'a.jsonl',
      columns: { user: '/who/id', attraction: 'what', time: 'when' },
    },
  );
  expect(rowsOf(loaded)).toEqual(['7 a/b 2026-05-01T10:00:00 1', 'ann 2.5 2026-05-01T10:00:00 1']);
  expect(rejectsOf(loaded)).toEqual([
    ['a.jsonl', 3, '', 'The line is not a JSON object in UTF-8.', 'not json'],
    ['a.jsonl', 4, '', 'The line is not a JSON object in UTF-8.', '[1]'],
    ['a.jsonl', 6, '/who/id', 'The user id is empty.', lines[5]],
  ]);
  expect(loaded.tally).toMatchObject({ rows: 5, kept: 2, rejected: 3 });
});

/** A folder with Parquet files, each of a SELECT. */
async function parquetFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = rawFolder();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const [name, select] of Object.entries(files))
    await connection.run(`COPY (${select}) TO '${folder}/${name}' (FORMAT parquet)`);
  connection.closeSync();
  return folder;
}

test('Parquet: typed times, whole numbers as ids also where they are doubles, and places of rows', async () => {
  const baseFolder = await parquetFolder({
    'a.parquet': `SELECT * FROM (VALUES (1, 2.0::DOUBLE, TIMESTAMP '2026-05-01 10:00:00'), (NULL, 2.0, TIMESTAMP '2026-05-01'), (3, 4.5, NULL)) t(u, i, ts)`,
    'b.parquet': `SELECT 'ann' AS u, 2::BIGINT AS i, DATE '2026-05-02' AS ts UNION ALL SELECT '', 5, DATE '2026-05-02'`,
  });
  const columns = { user: 'u', attraction: 'i', time: 'ts' };
  const from = { visits: { type: 'parquet', files: '*.parquet', columns } };
  const loaded = await loadVisits(from, { baseFolder, now: NOW });
  expect(rowsOf(loaded)).toEqual(['1 2 2026-05-01T10:00:00 1', 'ann 2 2026-05-02T00:00:00 1']);
  expect(rejectsOf(loaded)).toEqual([
    ['a.parquet', 2, 'u', 'The user id is empty.', '{"u":null,"i":"2","ts":"1777593600000"}'],
    ['a.parquet', 3, 'ts', "'' is not a time in ISO 8601.", '{"u":"3","i":"4.5","ts":null}'],
    ['b.parquet', 2, 'u', 'The user id is empty.', '{"u":"","i":"5","ts":"1777680000000"}'],
  ]);
  expect(loaded.tally).toMatchObject({ files: 2, rows: 5, kept: 2, rejected: 3 });
});

test('a probe shows the first rows as they would be read', async () => {
  const baseFolder = rawFolder({ 'e/events.csv': EVENTS });
  const visits = { type: 'csv', files: 'e/*.csv', columns: COLUMNS };
  const probed = await probeSources({ visits }, { baseFolder });
  expect(probed.visits?.found).toBe("Found 'e/events.csv'.");
  expect(probed.visits?.sample[0]).toEqual({
    file: 'e/events.csv',
    line: 2,
    text: 'ann,carousel,2026-05-01T10:00:00Z,visit',
    user: 'ann',
    attraction: 'carousel',
    time: new Date('2026-05-01T10:00:00Z'),
    event: 'visit',
  });
  expect(probed.visits?.sample[3]).toEqual({
    file: 'e/events.csv',
    line: 7,
    text: 'cat,carousel,noon,visit',
    column: 'time',
    refused: "'noon' is not a time in ISO 8601.",
  });
});

test.each([
  ['compressed', gzipSync(EVENTS)],
  ['plain, whatever its name says', EVENTS],
])('a file named .gz that is %s is probed and read', async (_what, content) => {
  const baseFolder = rawFolder({ 'events.csv.gz': content });
  const visits = { type: 'csv', files: '*.gz', columns: COLUMNS };
  const { visits: probe } = await probeSources({ visits }, { baseFolder });
  expect(probe?.sample[0]).toMatchObject({ file: 'events.csv.gz', line: 2, user: 'ann' });
  expect((await loadVisits({ visits }, { baseFolder, now: NOW })).tally).toMatchObject({ rows: 8, kept: 3 });
});

const trialFolder = rawFolder({
  'events.csv': EVENTS,
  'events.jsonl': '{"user":"a","attraction":1,"time":"2026-05-01"}\nx\n',
});
const trialParquet = parquetFolder({ 'events.parquet': `SELECT 'a' AS "user", 1 AS attraction, '2026-05-01' AS time` });
for (const [source, files, settings] of [
  [csv, 'events.csv', { columns: COLUMNS }],
  [jsonl, 'events.jsonl', {}],
  [parquet, 'events.parquet', {}],
] as const) {
  const at = `${source === parquet ? await trialParquet : trialFolder}/${files}`;
  for (const { name, run } of sourceCases(source, {
    settings: { visits: { type: source.type, files: at, ...settings } },
    refused: [
      [{}, 'files'],
      [{ files: 3, columns: { user: 1.5, who: 'x' }, nothing: 1 }, 'files', 'columns.user', 'columns.who', 'nothing'],
      [
        { files: at, timeFormat: 'noon', ids: 'x', columns: { park: { fileName: 'a(b)(c)' } } },
        'timeFormat',
        'ids',
        'columns.park',
      ],
    ],
    missing: { files: `${trialFolder}/missing` },
  }))
    test(`${source.type}: ${name}`, run);
}
