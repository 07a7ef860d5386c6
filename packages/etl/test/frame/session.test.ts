import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { scanFields, scanLines, titleName } from '../../src/frame/duckdb-dialect.js';
import { frame } from '../../src/frame/frame.js';
import { DuckDbSession } from '../../src/frame/session.js';
import { rawFolder } from '../support/raw-folder.js';

const session = new DuckDbSession();
afterAll(() => session.close());

test('a frame is run and its rows come back', async () => {
  const one = frame('one', "SELECT 1 AS n, 'a' AS text, CAST(5 AS BIGINT) AS big");
  const two = frame('two', 'SELECT n + 1 AS n, text, big FROM one', one);
  expect(await session.rows(two)).toEqual([{ n: 2, text: 'a', big: '5' }]);
  expect(await session.rows(two, 'SELECT n FROM two WHERE n > 2')).toEqual([]);
});

test("the dialect has Spark's functions, UTC and Spark's order of nulls", async () => {
  const calls = frame(
    'calls',
    `SELECT unix_millis(timestamp_seconds(1262304000)) AS millis, hour(timestamp_seconds(3600)) AS hour,
      regexp_like('007', '^[0-9]{1,3}$') AS digits, current_setting('TimeZone') AS zone`,
  );
  expect(await session.rows(calls)).toEqual([{ millis: '1262304000000', hour: '1', digits: true, zone: 'UTC' }]);
  const nulls = frame('nulls', 'SELECT n FROM (VALUES (1), (NULL)) AS t(n) ORDER BY n');
  expect(await session.rows(nulls)).toEqual([{ n: null }, { n: 1 }]);
});

test('what is kept is not run again, until the session is closed', async () => {
  const own = new DuckDbSession();
  const random = frame('random', 'SELECT random() AS n');
  const reader = frame('reader', 'SELECT n FROM random', random);
  expect(await own.rows(reader)).not.toEqual(await own.rows(reader));
  await own.keep(random);
  const kept = await own.rows(reader);
  expect(await own.rows(reader)).toEqual(kept);
  await own.close();
  expect(await own.rows(reader)).not.toEqual(kept);
  await own.close();
});

test('questions may run at the same time', async () => {
  const sums = Array.from({ length: 8 }, (_, i) =>
    frame(`f${i}`, `SELECT CAST(sum(n) AS BIGINT) AS s FROM range(${i}) t(n)`),
  );
  const answers = await Promise.all(sums.map((sum) => session.rows(sum)));
  expect(answers.map(([row]) => Number(row?.['s']))).toEqual([0, 0, 1, 3, 6, 10, 15, 21]);
});

test('a failure names the frame and keeps the cause', async () => {
  const broken = frame('broken', 'SELECT nothing FROM nowhere');
  await expect(session.rows(broken)).rejects.toMatchObject({
    code: 'ETL_ENGINE_FAILED',
    message: expect.stringContaining("the frame 'broken'"),
    cause: expect.anything(),
  });
});

test.each(["it's [odd] *?.csv", 'spaces %20 \u00fc.csv', '{a,b}.csv', 'back\\slash.csv'])(
  'a path is no pattern: %j',
  async (name) => {
    const path = join(rawFolder({ [name]: 'a;b\r\n1;"x;""y"""\r\n;2\r\n' }), name);
    expect(await session.rows(frame('scan', `SELECT * FROM ${scanFields(path, 2)} s ORDER BY line`))).toEqual([
      { line: '2', f0: '1', f1: 'x;"y"' },
      { line: '3', f0: null, f1: '2' },
    ]);
    expect(await session.rows(frame('scan', `SELECT * FROM ${scanLines(path)} s ORDER BY line`))).toEqual([
      { line: '2', text: '1;"x;""y"""' },
      { line: '3', text: ';2' },
    ]);
  },
);

test('lines keep their numbers in a file that several threads read', async () => {
  const count = 1_200_000;
  const lines = Array.from({ length: count }, (_, i) => `${i + 2};"${'x'.repeat((i * 7) % 61)}"`);
  const path = join(rawFolder({ 'big.csv': `n;text\n${lines.join('\n')}\n` }), 'big.csv');
  for (const scan of [
    `SELECT line, f0 AS n FROM ${scanFields(path, 2)}`,
    `SELECT line, split_part(text, ';', 1) AS n FROM ${scanLines(path)}`,
  ]) {
    const wrong = frame(
      'wrong',
      `SELECT count(*) AS lines, count_if(line <> CAST(n AS BIGINT)) AS wrong FROM (${scan}) s`,
    );
    expect(await session.rows(wrong)).toEqual([{ lines: String(count), wrong: '0' }]);
  }
});

test.each([
  ['Sch%C3%B6nbrunn_Palace', 'Sch\u00f6nbrunn Palace'],
  ['St._Stephen%27s_Cathedral', "St. Stephen's Cathedral"],
  ['100%_Fun', '100% Fun'],
  ['%E9clair_Shop', '%E9clair Shop'],
  ['A+B', 'A+B'],
])('the title %s is the name %s', async (title, name) => {
  expect(await session.rows(frame('title', `SELECT ${titleName(`'${title}'`)} AS name`))).toEqual([{ name }]);
});
