import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { openFeeds } from '@attractions/feeds';
import { runEtl } from '../../src/driver.js';
import type { EtlContext } from '../../src/driver.js';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import { sql } from '../../src/frame/frame.js';
import { etlSettings } from '../../src/settings.js';
import { NO_RULES, contentOf, engineAt } from '../support/csv-project.js';
import { REAL_DATA, testOnRealData } from '../support/real-data.js';
import { describeOnServers, startServer } from '../support/spark-server.js';
import type { SparkServer } from '../support/spark-server.js';

const logger = createLogger({ level: 'silent' });
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'etl-equal-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Lines of some visitors: many visits, some photos, repeated photos, and values that are refused. */
function lines(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');
}

const user = (n: number): string => `u${(n * 7) % 13}`;
const item = (n: number): string => `i${(n * n) % 11}`;
const second = (n: number): number => 1_600_000_000 + n * 4_000;
const iso = (n: number): string => new Date(second(n) * 1000).toISOString();

const COLUMNS = { user: 'user', attraction: 'item', time: 'ts' };

interface Project {
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly from: NonNullable<EtlContext['from']>;
  readonly more?: Partial<EtlContext>;
}

const of = (files: Project['files'], visits: object, more: Partial<Project> = {}): Project => ({
  files,
  from: { visits: { columns: COLUMNS, ...visits } as unknown as Project['from']['visits'], ...more.from },
  ...more,
});

const BAD_ISO = ['never', '2020-13-01', '2020', '2020-02-30T10:00:00Z', '1903-01-01', '2090-01-01', '', ' ', '12:00'];
const GOOD_ISO = [
  '2020-01-02',
  '2020-01-02 3:04',
  '2020-01-02T03:04:05.123456Z',
  '2020-01-02 03:04:05+0200',
  '2020-01-02T03:04:05+02:00',
  '2020-01-02 03:04:05-02',
];

const PROJECTS: Readonly<Record<string, Project>> = {
  'a plain csv file': of({ 'v.csv': `user,item,ts\n${lines(500, (n) => `${user(n)},${item(n)},${second(n)}`)}` }, { type: 'csv', files: 'v.csv' }), // prettier-ignore
  'csv files of two shapes, in gzip, with parks of their names': of(
    {
      'a-north.csv': `user,item,ts\n${lines(300, (n) => `${user(n)},${item(n)},${iso(n)}`)}`,
      'a-south.csv': `item,x,ts,user\n${lines(300, (n) => `${item(n)},"a, ""b""",${iso(n)},${user(n)}`)}`,
      'a-west.csv.gz': gzipSync(`user,item,ts\n${lines(300, (n) => `${user(n)},${item(n)},${iso(n)}`)}`),
    },
    { type: 'csv', files: 'a-*', columns: { ...COLUMNS, park: { fileName: 'a-([a-z]+)' } } },
  ),
  'csv with what cannot be read': of(
    {
      "it's.csv": `user;item;ts\r\n'a;b';'it''s';${iso(1)}\r\n u1 ; i1 ;${iso(2)}\r\nu1;i1\r\nu1;i1;${iso(3)};4\r\n'u1'x;i1;${iso(4)}\r\n\r\nu2;'two\r\nlines';${iso(5)}\r\n;i1;${iso(6)}\r\nu1;;${iso(7)}\r\n${lines(40, (n) => `${user(n)};${item(n)};${iso(n)}\r`)}`,
      'nul.csv': `user;item;ts\nu\0;i1;${iso(1)}\nu1;i1;${iso(2)}\nu1;i\\n1;${iso(3)}\n`,
      'latin.csv': Buffer.concat([Buffer.from('user;item;ts\n\xfc;i1;', 'latin1'), Buffer.from(`${iso(4)}\n`)]),
    },
    { type: 'csv', files: '*.csv', quote: "'" },
  ),
  'times in ISO 8601, good and bad': of(
    {
      't.csv': `user,item,ts\n${[...BAD_ISO, ...GOOD_ISO].map((time, n) => `u${n},i1,${time}\n`).join('')}${lines(30, (n) => `${user(n)},${item(n)},${iso(n)}`)}`,
    },
    { type: 'csv', files: 't.csv' },
  ),
  'times in seconds, good and bad': of(
    {
      't.csv': `user,item,ts\n${['x', '1600000000.75', '-5', '1e9', '+1600000000', '99999999999999999999', 'NaN', '1d', '0x10', 'Infinity', '.5', '5.'].map((time, n) => `u${n},i1,${time}\n`).join('')}${lines(30, (n) => `${user(n)},${item(n)},${second(n)}`)}`,
    },
    { type: 'csv', files: 't.csv', timeFormat: 'unix-seconds' },
  ),
  'times in milliseconds and microseconds': of(
    { 't.csv': `user,item,ts\n${lines(30, (n) => `${user(n)},${item(n)},${second(n)}123`)}u1,i1,1600000000123.5\nu1,i1,12 \n` }, // prettier-ignore
    { type: 'csv', files: 't.csv' },
  ),
  'times of a pattern': of(
    { 't.csv': `user,item,ts\nu1,i1,27.11.2020 10:11\nu2,i1,7.1.2020 1:01\nu3,i1,31.02.2020 10:11\nu4,i1,2020-11-27\nu5,i2,01.12.2020 23:59\n` }, // prettier-ignore
    { type: 'csv', files: 't.csv', timeFormat: '%d.%m.%Y %H:%M' },
  ),
  'photos that repeat, sequences, and attractions with faults': of(
    {
      'v.csv': `user,item,ts,photo,seq\n${lines(400, (n) => `${user(n)},${item(n)},${second(n)},${n % 170},${n % 5 ? n % 9 : ''}`)}u1,i99,${second(3)},p1,1\n`,
      'items.csv': `id,name,lat,long\n${lines(11, (n) => `i${n},It's ${n},${n * 10},${n === 4 ? 'x' : n}`)}i3,again,1,1\n,none,1,1\ni77,,2,2\n`,
    },
    { type: 'csv', files: 'v.csv', columns: { ...COLUMNS, photo: 'photo', sequence: 'seq' } },
    {
      from: {
        visits: { type: 'csv', files: 'v.csv', columns: { ...COLUMNS, photo: 'photo', sequence: 'seq' } },
        attractions: { type: 'csv', files: 'items.csv', columns: { attraction: 'id', name: 'name', latitude: 'lat', longitude: 'long' } }, // prettier-ignore
      },
    },
  ),
  'weights and events, with pseudonyms': of(
    {
      'v.csv': `user,item,ts,w,e\n${lines(300, (n) => `${user(n)},${item(n)},${second(n)},${['1', '0.5', '', 'x', '1e3', 'NaN', '1d', ' 2'][n % 8]},${['visit', 'left', 'other'][n % 3]}`)}`,
    },
    { type: 'csv', files: 'v.csv', columns: { ...COLUMNS, weight: 'w', event: 'e' } },
    { more: { events: { visit: 1, left: -0.5 }, pseudonymize: true } },
  ),
  'json lines': of(
    {
      'v.jsonl': `${lines(200, (n) => JSON.stringify({ user: n % 3 ? user(n) : n % 7, item: item(n), ts: iso(n), tags: ['a', 'b'] }))}\n{"user":1.50,"item":"i1","ts":"${iso(1)}"}\n{"user":{"a":[1, 2]},"item":"i1","ts":"${iso(1)}"}\n{"user":null,"item":"i1","ts":"${iso(1)}"}\n{"user":true,"item":"\\u00fc\\n","ts":"${iso(1)}"}\n`,
      'w.jsonl': `${lines(20, (n) => JSON.stringify({ user: user(n), item: item(n), ts: iso(n) }))}[1]\nnot json\n{"user":1\n`,
      'items.jsonl': lines(11, (n) =>
        JSON.stringify({ id: `i${n}`, title: `T ${n}`, tags: n % 2 ? ['x', "it's", `t${n}`] : [] }),
      ),
    },
    { type: 'jsonl', files: ['v.jsonl', 'w.jsonl'] },
    {
      from: {
        visits: { type: 'jsonl', files: ['v.jsonl', 'w.jsonl'], columns: COLUMNS },
        attractions: { type: 'jsonl', files: 'items.jsonl', columns: { attraction: 'id', name: 'title', themes: 'tags' } }, // prettier-ignore
      },
    },
  ),
};

describeOnServers('visits, attractions and rejects are those of DuckDB', (name) => {
  let server: SparkServer;
  beforeAll(async () => {
    server = await startServer(name);
  }, 200_000);
  afterAll(() => server.stop());

  async function expectEqual(from: Project['from'], baseFolder: string, more: Partial<EtlContext> = {}): Promise<void> {
    const contents = [];
    for (const spark of [undefined, server.remote]) {
      const values = { maxRejectShare: 1, pseudonymKey: '0123456789abcdef', ...engineAt(spark) };
      const config = forceConfig(etlSettings, values, () => readConfig(etlSettings));
      const store = openFeeds('memory:');
      const summary = await runEtl(config, { store, logger, from, baseFolder, checks: NO_RULES, ...more });
      contents.push({ ...(await contentOf(store)), summary: { ...summary, seconds: 0 } });
    }
    const [duckdb, spark] = contents;
    expect(spark).toEqual(duckdb);
    expect(duckdb?.visits.length).toBeGreaterThan(0);
  }

  for (const [what, { files, from, more }] of Object.entries(PROJECTS))
    test(what, () => expectEqual(from, folderOf(files), more), 120_000);

  test('Parquet with times, fractions, lists, and several files', async () => {
    const folder = folderOf({});
    const engine = duckDbEngine();
    for (const file of [0, 1, 2]) {
      const rows = sql`SELECT n % 13 AS user_id, CASE WHEN n % 5 = 0 THEN 1.5e0 ELSE CAST(n % 11 AS DOUBLE) END AS item, timestamp_millis(${second(file) * 1000} + n * 4000123) AS ts FROM ${sql.relation(sql`range(300)`)} r(n)`;
      await engine.write(rows, join(folder, `${file}.parquet`));
    }
    await engine.write(
      sql`SELECT CAST(n AS DOUBLE) AS item, 'T ' || CAST(n AS VARCHAR(9)) AS title, string_split('a|b', '|') AS tags FROM ${sql.relation(sql`range(11)`)} r(n)`,
      join(folder, 'items.parquet'),
    );
    await engine.close();
    await expectEqual(
      {
        visits: { type: 'parquet', files: '[0-9].parquet', columns: { user: 'user_id', attraction: 'item', time: 'ts' } }, // prettier-ignore
        attractions: { type: 'parquet', files: 'items.parquet', columns: { attraction: 'item', name: 'title', themes: 'tags' } }, // prettier-ignore
      },
      folder,
    );
  }, 120_000);

  for (const [what, place] of [
    ['the given parks', 'sigir17'],
    ['the given cities', 'cities'],
  ] as const)
    testOnRealData(what, () => expectEqual({ visits: { type: 'sigir17', folder: join(REAL_DATA, place) } }, REAL_DATA));
});
