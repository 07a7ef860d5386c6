import { describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { parquet } from '../../src/codec/parquet.js';
import { visits } from '../support/contracts.js';
import type { Field } from '../../src/contract.js';
import type { VisitsTable } from '../support/contracts.js';
import { encoded, roundTrip, stored } from '../../src/testing.js';
import { temporaryFolder } from '../support/folders.js';
import { dictionary, rowsOf, visitsTable } from '../support/samples.js';
import type { Visit } from '../support/samples.js';

const { codec } = visits;

const sample: Visit[] = [
  { user_id: 'ann', attraction_id: 'p:1', visited_at: 1_200_000_000_123, photos: 2 },
  { user_id: 'Zoë@N00', attraction_id: 'p:2', visited_at: -1, photos: 1 },
  { user_id: '', attraction_id: 'p:1', visited_at: 0, photos: 2_147_483_647 },
];

const anyText = fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text));
const visit: fc.Arbitrary<Visit> = fc.record({
  user_id: anyText,
  attraction_id: anyText,
  visited_at: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  photos: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});

async function bytesOf(table: VisitsTable): Promise<Uint8Array> {
  const [file] = await encoded(codec, table);
  if (!file) throw new Error('a table is one file');
  return file.bytes;
}

describe('Parquet', () => {
  test('of any rows comes back as it went, dictionary-encoded or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(visit), fc.boolean(), async (rows, encode) => {
        const types = encode ? { user_id: dictionary(), attraction_id: dictionary() } : {};
        const back = await roundTrip(codec, visitsTable(rows, types));
        expect(rowsOf(back)).toEqual(rows);
        expect(back.schema.fields.map(({ type }) => String(type))).toEqual([
          'Utf8',
          'Utf8',
          'Timestamp<MILLISECOND, UTC>',
          'Int32',
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test('of the same rows is the same bytes, dictionary-encoded or not', async () => {
    const plain = await bytesOf(visitsTable(sample));
    const encodedTexts = await bytesOf(visitsTable(sample, { user_id: dictionary(), attraction_id: dictionary() }));
    expect(Buffer.from(encodedTexts)).toEqual(Buffer.from(plain));
  });

  test('of no rows has the columns', async () => {
    const back = await roundTrip(codec, visitsTable([]));
    expect(back.numRows).toBe(0);
    expect(back.schema.names).toEqual(['user_id', 'attraction_id', 'visited_at', 'photos']);
  });

  test('of a table without a single batch has the columns', async () => {
    const { schema } = visitsTable([]);
    const back = await roundTrip(codec, new arrow.Table(schema));
    expect(back.numRows).toBe(0);
    expect(back.schema.names).toEqual(['user_id', 'attraction_id', 'visited_at', 'photos']);
  });

  test('of slices and of several batches comes back as it went', async () => {
    const table = visitsTable(sample, { user_id: dictionary() });
    const pieces: VisitsTable = table.slice(1).concat(table.slice(0, 2), table.slice(2));
    expect(pieces.batches.length).toBeGreaterThan(1);
    expect(rowsOf(await roundTrip(codec, pieces))).toEqual([sample[1], sample[2], sample[0], sample[1], sample[2]]);
  });

  test('in several files is read in their order', async () => {
    const files = [
      ...(await encoded(codec, visitsTable(sample))),
      ...(await encoded(codec, visitsTable(sample.slice(1)))),
    ];
    expect(rowsOf(await codec.decode(stored(files)))).toEqual([...sample, ...sample.slice(1)]);
  });

  test('takes texts in the forms that other libraries make', async () => {
    for (const type of [new arrow.LargeUtf8(), new arrow.Utf8View()]) {
      expect(rowsOf(await roundTrip(codec, visitsTable(sample, { user_id: type })))).toEqual(sample);
    }
    const utc = new arrow.TimestampMillisecond('+00:00');
    const back = await roundTrip(codec, visitsTable(sample, { visited_at: utc }));
    expect(String(back.schema.fields[2]?.type)).toBe('Timestamp<MILLISECOND, UTC>');
  });

  test('leaves out columns that the contract has not, whatever their order', async () => {
    const table = visitsTable(sample);
    const [users, attractions, times, photos] = table.schema.names.map((name) => table.getChild(name));
    if (!users || !attractions || !times || !photos) throw new Error('four columns');
    const more: arrow.Table = new arrow.Table({
      photos,
      extra: users,
      visited_at: times,
      attraction_id: attractions,
      user_id: users,
    });
    expect(rowsOf(await roundTrip(codec, more))).toEqual(sample);
  });

  test.each<[string, () => arrow.Table, string]>([
    [
      'a column too few',
      () => visitsTable(sample).select(['user_id', 'photos']),
      'The table has no column attraction_id; it has user_id, photos.',
    ],
    ['a null', () => visitsTable([...sample, { ...sample[0], user_id: null } as Visit]), 'Row 4: user_id is missing.'],
    [
      'a null in a dictionary',
      () => visitsTable([...sample, { ...sample[0], user_id: null } as Visit], { user_id: dictionary() }),
      'Row 4: user_id is missing.',
    ],
    [
      'a number out of range',
      () => visitsTable([...sample, { ...sample[0], photos: 0 } as Visit]),
      'Row 4: photos is 0, outside 1 to 2147483647.',
    ],
    [
      'the row of a later batch',
      () => visitsTable(sample).concat(visitsTable([{ ...sample[0], photos: -1 } as Visit])),
      'Row 4: photos is -1, outside 1 to 2147483647.',
    ],
    [
      'times without a zone',
      () => visitsTable(sample, { visited_at: new arrow.TimestampMillisecond() }),
      'Column visited_at is Timestamp<MILLISECOND> without a time zone, not timestamp[ms, UTC].',
    ],
    [
      'times in another unit',
      () => visitsTable([], { visited_at: new arrow.TimestampMicrosecond('UTC') }),
      'Column visited_at is Timestamp<MICROSECOND, UTC>, not timestamp[ms, UTC].',
    ],
    [
      'integers of another size',
      () => visitsTable(sample.slice(0, 2), { photos: new arrow.Int16() }),
      'Column photos is Int16, not int32.',
    ],
  ])('refuses %s with the row and the column', async (_name, table, message) => {
    await expect(encoded(codec, table())).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID', message });
  });

  test('that is none is refused, and the next file is read', async () => {
    const file = {
      name: 'a.parquet',
      path: 'feeds/a.parquet',
      rows: 1,
      bytes: async () => Buffer.from('PAR1 not at all PAR1'),
    };
    await expect(codec.decode([file])).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining('feeds/a.parquet is not readable as Parquet'),
    });
    expect(rowsOf(await roundTrip(codec, visitsTable(sample)))).toEqual(sample);
  });

  test('under another contract is refused', async () => {
    const schema: Field[] = [{ name: 'colour', type: 'utf8', nullable: false, description: '' }];
    const files = stored(await encoded(codec, visitsTable(sample)));
    await expect(parquet(schema).decode(files)).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining('has no column colour'),
    });
  });

  test('of an older minor version reads as nulls where columns were added', async () => {
    const added: Field[] = (['utf8', 'bool', 'int64', 'float64', 'list<utf8>', 'timestamp[ms, UTC]'] as const).map(
      (type, i) => ({ name: `added${i}`, type, nullable: true, description: '' }),
    );
    const newer = parquet<arrow.TypeMap>([...visits.schema, ...added]);
    const back = await newer.decode(stored(await encoded(codec, visitsTable(sample))));
    const nothing = Object.fromEntries(added.map(({ name }) => [name, null]));
    expect(rowsOf(back)).toEqual(sample.map((row) => ({ ...row, ...nothing })));
    expect(rowsOf(await roundTrip(newer, back))).toEqual(rowsOf(back));
  });

  test('is what hyparquet reads, with the logical types of the contract', async () => {
    const bytes = await bytesOf(visitsTable(sample));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const { schema } = parquetMetadata(file);
    expect(schema.slice(1)).toMatchObject([
      { name: 'user_id', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', logical_type: { type: 'STRING' } },
      { name: 'attraction_id', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', logical_type: { type: 'STRING' } },
      {
        name: 'visited_at',
        type: 'INT64',
        repetition_type: 'REQUIRED',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      },
      { name: 'photos', type: 'INT32', repetition_type: 'REQUIRED' },
    ]);
    expect(await parquetReadObjects({ file })).toEqual(
      sample.map((row) => ({ ...row, visited_at: new Date(row.visited_at) })),
    );
  });

  test('is what DuckDB reads, by a glob', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'part-00000.parquet'), await bytesOf(visitsTable(sample)));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await connection.runAndReadAll(
      `SELECT user_id, attraction_id, epoch_ms(visited_at) AS visited_at, photos, typeof(visited_at) AS type
       FROM '${folder}/*.parquet'`,
    );
    expect(rows.getRowObjectsJson()).toEqual(
      sample.map((row) => ({ ...row, visited_at: String(row.visited_at), type: 'TIMESTAMP WITH TIME ZONE' })),
    );
  });

  test('from DuckDB is read', async () => {
    const path = join(temporaryFolder(), 'duck.parquet');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      `COPY (SELECT i::VARCHAR AS user_id, 'p:1' AS attraction_id, 1::INT AS photos FROM range(3) t(i)) TO '${path}'`,
    );
    const schema = visits.schema.filter(({ name }) => name !== 'visited_at');
    const { readFile } = await import('node:fs/promises');
    const file = { name: 'duck.parquet', path, rows: 3, bytes: () => readFile(path) };
    expect(rowsOf(await parquet(schema).decode([file]))).toEqual(
      ['0', '1', '2'].map((user_id) => ({ user_id, attraction_id: 'p:1', photos: 1 })),
    );
  });
});

test('columns of every type come back as they went', async () => {
  const columns: Record<string, arrow.Vector> = {
    a: vectorFromArray([true, null, false], new arrow.Bool()),
    b: vectorFromArray([1n, null, -(2n ** 63n)], new arrow.Int64()),
    c: vectorFromArray([1.5, null, -0], new arrow.Float32()),
    d: vectorFromArray([0.1, null, Number.MIN_VALUE], new arrow.Float64()),
    e: vectorFromArray([['x', 'y'], null, []], new arrow.List(new arrow.Field('item', new arrow.Utf8(), true))),
    f: vectorFromArray([[1, 2], null, []], new arrow.List(new arrow.Field('item', new arrow.Int32(), true))),
  };
  const types = ['bool', 'int64', 'float32', 'float64', 'list<utf8>', 'list<int32>'] as const;
  const schema = types.map((type, i): Field => ({ name: 'abcdef'[i] ?? '', type, nullable: true, description: '' }));
  const table = new arrow.Table(columns);
  const back = await roundTrip(parquet<arrow.TypeMap>(schema), table);
  expect(JSON.stringify(rowsOf(back), plain)).toBe(JSON.stringify(rowsOf(table), plain));
  expect(Object.is(back.getChild('c')?.get(2), -0)).toBe(true);
});

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
