import { expect, test } from '@jest/globals';

import { csv } from '../src/codec/csv.js';
import { json } from '../src/codec/json.js';
import { parquetRows } from '../src/codec/parquet.js';
import { float64, int32, optional, schemaOf, text, texts } from '../src/columns.js';
import type { FeedContract } from '../src/contract.js';
import { describedBy } from '../src/described.js';
import { visitsTable } from './support/samples.js';
import { visits } from './support/contracts.js';
import { openFeeds } from '../src/open.js';

const producer = { id: 'by-hand', package: 'test', version: '1.0.0' };

/** What a program that does not know the contract reads of a value that was put under it. */
async function readBack<T>(contract: FeedContract<T>, value: T) {
  const store = openFeeds('memory:');
  const record = await store.feed(contract).put(value, { producer });
  const rows = [];
  for await (const row of await (await store.feed(describedBy(record)).at(record.seq)).read()) rows.push(row);
  return rows;
}

test('CSV of any columns comes back by their types and the names of the schema', async () => {
  const columns = {
    id: text('own_id', ''),
    count: int32('count', ''),
    share: optional(float64('share', '')),
    tags: texts('tags', ''),
  };
  const own = { path: 'own/table/v1.0', description: '', schema: schemaOf(columns), codec: csv(columns) };
  expect(
    await readBack(own, [
      { id: '007', count: -1, share: 0.5, tags: ['a', 'b'] },
      { id: '', count: 2, share: undefined, tags: [] },
    ]),
  ).toEqual([
    { own_id: '007', count: -1, share: 0.5, tags: ['a', 'b'] },
    { own_id: '', count: 2, tags: [] },
  ]);
});

test('Parquet comes back as JSON has it: times in ms', async () => {
  const table = visitsTable([{ user_id: 'ann', attraction_id: 'p:1', visited_at: 5, photos: 2 }]);
  expect(await readBack(visits, table)).toEqual([
    expect.objectContaining({ user_id: 'ann', attraction_id: 'p:1', visited_at: 5, photos: 2 }),
  ]);
});

test('lists of a Parquet row come back as arrays', async () => {
  const columns = { id: text('own_id', ''), tags: texts('tags', '') };
  const own = { path: 'own/tagged/v1.0', description: '', schema: schemaOf(columns), codec: parquetRows(columns) };
  expect(await readBack(own, [{ id: 'a', tags: ['x', 'y'] }])).toEqual([{ own_id: 'a', tags: ['x', 'y'] }]);
});

test('a JSON value is one row', async () => {
  const own = { path: 'own/document/v1.0', description: '', schema: [], codec: json((value) => value) };
  expect(await readBack(own, { a: [1, { b: null }] })).toEqual([{ a: [1, { b: null }] }]);
});

test('a file of another kind is refused by its path', async () => {
  const codec = {
    format: 'own',
    encode: async function* () {
      yield { name: 'part.xml', bytes: new Uint8Array(), rows: 0 };
    },
    decode: async () => undefined,
  };
  const own = { path: 'own/other/v1.0', description: '', schema: [], codec };
  await expect(readBack(own, undefined)).rejects.toMatchObject({
    code: 'FEEDS_VERSION_UNKNOWN',
    message: expect.stringMatching(/part-.*\.xml is a file of another kind/),
  });
});
