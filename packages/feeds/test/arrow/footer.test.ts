import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { footerFits } from '../../src/arrow/footer.js';
import { parquetRows } from '../../src/codec/parquet.js';
import { float64, int32, schemaOf, text } from '../../src/columns.js';
import type { Field } from '../../src/contract.js';
import { temporaryFolder } from '../support/folders.js';

const columns = { sensor: text('sensor', 'Its name.'), value: int32('value', 'Its value.', [0, 99]) };
const schema: readonly Field[] = [
  ...schemaOf(columns),
  { name: 'at', type: 'timestamp[ms, UTC]', nullable: true, description: '' },
];

/** Whether the footer of what DuckDB writes of a SELECT shows that it fits, where the record says two rows; with `isUtc`, its milliseconds are marked as UTC. */
async function fits(columns: string, { rows = 2, isUtc = false, fields = schema } = {}): Promise<boolean> {
  const path = join(temporaryFolder(), 'a.parquet');
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`COPY (SELECT ${columns} FROM range(2) t(i)) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  const bytes = await readFile(path);
  if (isUtc) bytes[bytes.indexOf(Buffer.from([0x8c, 0x12, 0x1c, 0x1c, 0, 0, 0, 0])) + 1] = 0x11;
  return footerFits({ name: 'a.parquet', path, rows, bytes: async () => bytes }, fields);
}

const SOUND = `'a' AS sensor, CAST(i AS INT) AS value`;
const TIME = `TIMESTAMPTZ '2026-11-28 10:00:00Z'`;

test('a footer that shows everything is believed', async () => {
  expect(await fits(SOUND)).toBe(true);
  expect(await fits(`${SOUND}, i AS unknown`)).toBe(true);
  expect(await fits(`${SOUND}, CAST(NULL AS TIMESTAMP_MS) AS at`, { isUtc: true })).toBe(true);
  expect(await fits(`${SOUND}, CAST(${TIME} AS TIMESTAMP_MS) AS at`, { isUtc: true })).toBe(true);
  for await (const { bytes } of parquetRows(columns).encode([{ sensor: 'a', value: 1 }])) {
    const file = { name: 'a.parquet', path: 'a.parquet', rows: 1, bytes: async () => bytes };
    expect(await footerFits(file, schema)).toBe(true);
  }
});

test('one that does not is not', async () => {
  for (const broken of [
    `nullif('a', CASE i WHEN 0 THEN 'a' END) AS sensor, CAST(i AS INT) AS value`,
    `CAST(i AS INT) AS value`,
    `'a' AS sensor, CAST(i AS BIGINT) AS value`,
    `'a' AS sensor, CAST(100 * i AS INT) AS value`,
    `'a' AS sensor, CAST(-i AS INT) AS value`,
    `${SOUND}, i AS at`,
    `${SOUND}, CAST(${TIME} AS TIMESTAMP_MS) AS at`,
    `${SOUND}, ${TIME} AS at`,
    `${SOUND}, [1] AS unknown`,
    `CAST('a' AS BLOB) AS sensor, CAST(i AS INT) AS value`,
  ])
    expect([broken, await fits(broken)]).toEqual([broken, false]);
  expect(await fits(SOUND, { rows: 3 })).toBe(false);
  // Statistics of fractions leave out those that are not numbers.
  expect(await fits('CAST(i AS DOUBLE) AS level', { fields: schemaOf({ level: float64('level', '', [0, 1]) }) })).toBe(
    false,
  );
});

test('a damaged one shows nothing', async () => {
  for (const text of ['', 'no', 'PAR1 not at all PAR1'])
    expect(await footerFits({ name: 'a', path: 'a', rows: 0, bytes: async () => Buffer.from(text) }, [])).toBe(false);
});
