import { appendFileSync, chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from '@jest/globals';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import type { Engine } from '../../src/engine/engine.js';
import { loadVisits } from '../../src/loader.js';
import type { LoaderOptions } from '../../src/compose.js';
import { rawFolder } from '../support/raw-folder.js';

/*
 * Every row of the table of bad input in docs/etl.md, in its order.
 */

const NOW = new Date('2026-11-28T12:00:00Z');
const HEADER = 'user,attraction,time\n';
const ANN = 'ann,1,2026-05-01\n';
const BOB = 'bob,2,2026-05-02\n';

function read(folder: string, visits: object = {}, options: LoaderOptions = {}) {
  return loadVisits(
    { visits: { type: 'csv', files: '*.csv*', ...visits } },
    { baseFolder: folder, now: NOW, ...options },
  );
}

/** What a file comes to: the users, and the rejects by line. */
async function outcome(content: string | Uint8Array, visits: object = {}) {
  const { visits: table, rejects, tally } = await read(rawFolder({ 'a.csv': content }), visits);
  expect(tally.kept + tally.duplicates + tally.rejected).toBe(tally.rows);
  return {
    users: [...(table.getChild('user_id') ?? [])],
    rejects: rejects.map(({ line, column, reason }) => [line, column, reason]),
  };
}

const refusal = async (content: string | Uint8Array, visits: object = {}) =>
  read(rawFolder({ 'a.csv': content }), visits).then(
    () => 'read',
    (error: { code: string; exitCode: number; message: string }) => `${error.code} ${error.exitCode} ${error.message}`,
  );

test('a delimiter that is not that of the file, or none that is recognised', async () => {
  expect(await refusal(HEADER + ANN, { delimiter: ';' })).toBe(
    "ETL_HEADER_UNKNOWN 3 'a.csv' has the columns 'user,attraction,time', but user is 'user', which is not among them; attraction is 'attraction', which is not among them; time is 'time', which is not among them. Correct `columns`, `delimiter` (\";\"), or the file.",
  );
  expect(await refusal('user:attraction:time\n')).toContain('or `delimiter`');
  expect((await outcome('user:attraction:time\nann:1:2026-05-01\n', { delimiter: ':' })).users).toEqual(['ann']);
});

test('a byte order mark is left out, and one of UTF-16 says the encoding', async () => {
  expect((await outcome(`\ufeff${HEADER}${ANN}`)).users).toEqual(['ann']);
  expect((await outcome(Buffer.from(`\ufeff${HEADER}${ANN}`, 'utf16le'))).users).toEqual(['ann']);
});

test('Latin-1 is read where it is configured, and its lines are refused where it is not', async () => {
  const latin = Buffer.from(`${HEADER}Jürgen,1,2026-05-01\n${BOB}`, 'latin1');
  expect((await outcome(latin, { encoding: 'latin1' })).users).toEqual(['Jürgen', 'bob']);
  const reason = 'The value has a NUL character or bytes that are not UTF-8, which are shown as U+FFFD.';
  expect(await outcome(latin)).toEqual({ users: ['bob'], rejects: [[2, 'user', reason]] });
  expect(await refusal(Buffer.from([0x61]), { encoding: 'utf-16le' })).toMatch(
    /^ETL_FILE_BROKEN 3 'a.csv' is not utf-16le text/,
  );
});

test('a NUL character refuses the row', async () => {
  const { users, rejects } = await outcome(`${HEADER}a\0b,1,2026-05-01\n${BOB}`);
  expect([users, rejects.map(([line, column]) => [line, column])]).toEqual([['bob'], [[2, 'user']]]);
});

test('a line longer than a mebibyte refuses the row, and the lines after it keep their numbers', async () => {
  const reason = 'The line is longer than 1048576 bytes; only its beginning is kept here.';
  expect(await outcome(`${HEADER}${ANN}eve,${'x'.repeat(3 << 20)},2026-05-01\n${BOB},\n`)).toEqual({
    users: ['ann', 'bob'],
    rejects: [
      [3, '', reason],
      [5, '', 'The line has 2 of the 3 fields.'],
    ],
  });
  const hundred = Buffer.concat([Buffer.from(HEADER + ANN), Buffer.alloc(100 << 20, 'x')]);
  expect(await outcome(hundred)).toEqual({ users: ['ann'], rejects: [[3, '', reason]] });
});

test('mixed line ends: LF, CRLF and CR each end a line', async () => {
  expect((await outcome(`user,attraction,time\r\n${ANN}bob,2,2026-05-02\rcat,3,2026-05-03\r\n`)).users).toEqual([
    'ann',
    'bob',
    'cat',
  ]);
});

test('a quote that is never closed refuses the file; text beside a quoted one refuses the row', async () => {
  expect(await refusal(`${HEADER}${ANN}"eve,1,2026-05-01\n${BOB}`)).toBe(
    "ETL_FILE_BROKEN 3 'a.csv' has a quote in line 3 that is never closed, so all that follows is lost; fix it, or set `quote` to '' where quotes mean nothing.",
  );
  expect((await outcome(`${HEADER}"eve,1,2026-05-01\n${BOB}`, { quote: '' })).users).toEqual(['"eve', 'bob']);
  expect(await outcome(`${HEADER}"eve"x,1,2026-05-01\n${BOB}`)).toEqual({
    users: ['bob'],
    rejects: [[2, '', 'A quote is never closed, or stands beside other text in its field.']],
  });
});

test('a column that is there twice or missing refuses the file, and names every one', async () => {
  expect(await refusal('user,user,item,time\n')).toMatch(
    /^ETL_HEADER_UNKNOWN 3 .*user is 'user', which is there 2 times; attraction is 'attraction', which is not among them/,
  );
  expect((await outcome('user,x,x,attraction,time\nann,1,2,1,2026-05-01\n')).users).toEqual(['ann']);
});

test('an empty file, or one that begins with a blank line, is refused; a header alone is no rows', async () => {
  expect(await refusal('')).toBe("ETL_FILE_BROKEN 3 'a.csv' is empty; give a file with a header.");
  expect(await refusal(`\n${HEADER}`)).toBe("ETL_FILE_BROKEN 3 'a.csv' begins with a blank line.");
  expect(await outcome(HEADER)).toEqual({ users: [], rejects: [] });
});

test('blank lines, and the last line without its end', async () => {
  expect(await outcome(`${HEADER}\n${ANN}\n\n${BOB.trim()}`)).toEqual({ users: ['ann', 'bob'], rejects: [] });
});

test('compressed files are known by their bytes; one that ends early or is damaged is refused', async () => {
  const gzip = gzipSync(HEADER + ANN + BOB.repeat(10_000));
  expect((await outcome(gzip)).users[0]).toBe('ann');
  expect(await refusal(gzip.subarray(0, gzip.length - 9))).toMatch(
    /^ETL_FILE_BROKEN 3 'a.csv' is gzip data that are damaged or end early/,
  );
  const folder = rawFolder();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `COPY (SELECT 'u' || i AS "user", md5(CAST(i AS VARCHAR)) AS attraction, '2026-05-01' AS time FROM range(40000) t(i)) TO '${folder}/z.csv.zst' (FORMAT csv, COMPRESSION zstd)`,
  );
  connection.closeSync();
  expect((await read(folder)).tally).toMatchObject({ rows: 40_000, kept: 40_000 });
  const { readFileSync } = await import('node:fs');
  const zstd = readFileSync(join(folder, 'z.csv.zst'));
  expect(await refusal(zstd.subarray(0, zstd.length / 2))).toMatch(/^ETL_FILE_BROKEN 3 'a.csv' is Zstandard data/);
});

test('nothing that matches, a folder, and what is no file', async () => {
  const folder = rawFolder({ 'd/a.csv': HEADER });
  await expect(read(folder, { files: 'x*.csv' })).rejects.toMatchObject({ code: 'ETL_NO_FILES', exitCode: 2 });
  await expect(read(folder, { files: 'missing.csv' })).rejects.toMatchObject({ code: 'ETL_NO_FILES' });
  await expect(read(folder, { files: 'd' })).rejects.toMatchObject({
    code: 'ETL_FILE_UNREADABLE',
    message: expect.stringContaining("'d/**/*'"),
  });
  symlinkSync('/dev/null', join(folder, 'null.csv'));
  await expect(read(folder, { files: 'null.csv' })).rejects.toMatchObject({ code: 'ETL_FILE_UNREADABLE' });
});

test('a file that may not be read', async () => {
  const folder = rawFolder({ 'a.csv': HEADER + ANN });
  chmodSync(join(folder, 'a.csv'), 0);
  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    process.stderr.write('Root may read every file, so a link into nothing stands in for one without rights.\n');
  const files = isRoot ? 'b.csv' : 'a.csv';
  if (isRoot) {
    mkdirSync(join(folder, 'b'));
    symlinkSync('/proc/1/mem', join(folder, 'b.csv'));
  }
  await expect(read(folder, { files })).rejects.toMatchObject({ code: 'ETL_FILE_UNREADABLE', exitCode: 1 });
});

test('a file that changes while it is read is refused', async () => {
  const folder = rawFolder({ 'a.csv': HEADER + ANN });
  const real = duckDbEngine();
  // As another program would, between two readings.
  const engine: Engine = new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (key === 'keep') appendFileSync(join(folder, 'a.csv'), BOB);
        return Reflect.apply(value, target, given) as unknown;
      };
    },
  });
  try {
    await expect(read(folder, {}, { engine })).rejects.toMatchObject({ code: 'ETL_FILE_CHANGED', exitCode: 1 });
  } finally {
    await real.close();
  }
});

test('a file that is no Parquet is refused', async () => {
  const folder = rawFolder({ 'a.csv': HEADER + ANN });
  await expect(read(folder, { type: 'parquet' })).rejects.toMatchObject({ code: 'ETL_FILE_BROKEN', exitCode: 3 });
});

test('of very many bad rows all are counted and the first ten thousand are named', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => (i % 2 === 0 ? 'bob,2\n' : `,${i},2026-05-01\n`)).join('');
  const { tally, rejects } = await read(rawFolder({ 'a.csv': HEADER + ANN + rows }));
  expect(tally).toMatchObject({ rows: 30_001, kept: 1, rejected: 30_000 });
  expect(rejects.length).toBeLessThanOrEqual(20_000);
  expect(rejects.slice(0, 3).map(({ line, text }) => [line, text])).toEqual([
    [3, 'bob,2'],
    [4, ',1,2026-05-01'],
    [5, 'bob,2'],
  ]);
  const last = rejects.at(-1);
  expect(last?.text).toBe((HEADER + ANN + rows).split('\n')[(last?.line ?? 0) - 1]);
});
