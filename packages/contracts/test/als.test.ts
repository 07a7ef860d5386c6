import { afterAll, describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { als } from '../src/als.js';
import type { AlsGeneration, Histories } from '../src/als-model.js';
import type { EncodedFile } from '@attractions/feeds';
import { encoded, roundTrip, stored } from '@attractions/feeds/testing';
import { alsModel } from './support/samples.js';

const { codec } = als;

const folder = mkdtempSync(join(tmpdir(), 'contracts-'));

afterAll(() => rmSync(folder, { recursive: true }));

const ids = fc.uniqueArray(
  fc.string({ unit: 'binary' }).filter((id) => !/\p{Surrogate}/u.test(id)),
  { maxLength: 12 },
);

/** Floats by their bits, so that -0 and the smallest are among them. */
const finite = fc
  .integer()
  .map((bits) => new Float32Array(Int32Array.of(bits).buffer)[0] ?? 0)
  .filter(Number.isFinite);

const models: fc.Arbitrary<AlsGeneration> = fc
  .tuple(ids, ids, fc.integer({ min: 1, max: 5 }))
  .chain(([userIds, attractionIds, rank]) => {
    const floats = (rows: number) => fc.array(finite, { minLength: rows * rank, maxLength: rows * rank });
    const lists = fc.array(fc.subarray([...attractionIds.keys()]), {
      minLength: userIds.length,
      maxLength: userIds.length,
    });
    // A model of no users has no row that could tell whether they had histories.
    const told = fc.constantFrom(
      ...(userIds.length > 0 && attractionIds.length > 0 ? [true, false] : [userIds.length === 0]),
    );
    const parts = {
      users: floats(userIds.length),
      items: floats(attractionIds.length),
      lists,
      told,
      weighed: fc.boolean(),
    };
    return fc.record(parts).map((drawn) => {
      const offsets = Uint32Array.of(0, ...drawn.lists.map(() => 0));
      drawn.lists.forEach((list, user) => (offsets[user + 1] = (offsets[user] ?? 0) + list.length));
      const histories = {
        counts: Uint32Array.from(drawn.lists.flat(), (item) => item + 1),
        ...(drawn.weighed &&
          userIds.length > 0 && { weights: Float32Array.from(drawn.lists.flat(), (item) => item - 1.25) }),
        lastItems: Uint32Array.from(userIds, (_, user) => user % attractionIds.length),
        lastTimes: Float64Array.from(userIds, (_, user) => (user - 3) * 2 ** 40 + user),
      };
      return {
        ...alsModel(),
        histories: drawn.told ? histories : undefined,
        rank,
        userIds,
        attractionIds,
        userFactors: Float32Array.from(drawn.users),
        itemFactors: Float32Array.from(drawn.items),
        seen: { offsets, items: Uint32Array.from(drawn.lists.flat()) },
        visitors: Uint32Array.from(attractionIds, (_, i) => i * 7),
      };
    });
  });

const bits = (factors: Float32Array) =>
  Buffer.from(factors.buffer, factors.byteOffset, factors.byteLength).toString('hex');

const told = alsModel().histories as Histories;

function bytesOf(files: readonly EncodedFile[], name: string): Uint8Array {
  return files.find((file) => file.name === name)?.bytes ?? new Uint8Array();
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

describe('a model', () => {
  test('comes back as it went, its floats to the bit', async () => {
    await fc.assert(
      fc.asyncProperty(models, async (model) => {
        const back = await roundTrip(codec, model);
        expect(back).toEqual(model);
        expect(bits(back.userFactors)).toEqual(bits(model.userFactors));
        expect(bits(back.itemFactors)).toEqual(bits(model.itemFactors));
      }),
      { numRuns: 60 },
    );
  });

  test('is taken from memory that threads share', async () => {
    const model = alsModel();
    const shared = new Float32Array(new SharedArrayBuffer(model.userFactors.byteLength));
    shared.set(model.userFactors);
    expect(await roundTrip(codec, { ...model, userFactors: shared })).toEqual(model);
  });

  test('keeps a byte order mark in an id, which decoders like to drop', async () => {
    const userIds = ['\ufeffann', 'ann', 'é'];
    expect((await roundTrip(codec, { ...alsModel(), userIds })).userIds).toEqual(userIds);
  });

  test('is three files', async () => {
    const files = await encoded(codec, alsModel());
    expect(files.map(({ name, rows }) => [name, rows])).toEqual([
      ['users.parquet', 3],
      ['items.parquet', 2],
      ['model.json', 0],
    ]);
    expect(new TextDecoder().decode(bytesOf(files, 'model.json'))).toBe(
      '{"history":[{"iteration":1,"loss":2.25,"seconds":0.5}],"options":{"implicitFeedback":true,"preset":"default","rank":2},"rank":2}',
    );
  });

  test('is what hyparquet reads, its factors without a dictionary', async () => {
    const file = bufferOf(bytesOf(await encoded(codec, alsModel()), 'users.parquet'));
    const rows = await parquetReadObjects({ file });
    const { userFactors: f } = alsModel();
    expect(rows).toEqual([
      {
        user_id: 'ann',
        factors: [f[0], f[1]],
        seen: [1],
        counts: [3],
        last_item: 1,
        last_visit: new Date(1_400_000_000_123),
      },
      { user_id: 'bob', factors: [f[2], f[3]], seen: [], counts: [], last_item: 0, last_visit: new Date(-1) },
      {
        user_id: 'Zoë@N00',
        factors: [f[4], f[5]],
        seen: [0, 1],
        counts: [1, 2],
        last_item: 1,
        last_visit: new Date(0),
      },
    ]);
    const factors = parquetMetadata(file).row_groups[0]?.columns[1]?.meta_data;
    expect(factors?.path_in_schema[0]).toBe('factors');
    expect(factors?.dictionary_page_offset).toBeUndefined();
  });

  test('is what DuckDB reads', async () => {
    const path = join(folder, 'items.parquet');
    writeFileSync(path, bytesOf(await encoded(codec, alsModel()), 'items.parquet'));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const sql = `SELECT attraction_id, factors[1] AS first, len(factors) AS rank, visitors FROM '${path}'`;
    const reader = await connection.runAndReadAll(sql);
    expect(reader.getRowObjects()).toEqual([
      { attraction_id: 'p:1', first: Math.fround(0.1), rank: 2n, visitors: 1 },
      { attraction_id: 'p:2', first: Math.fround(-0.3), rank: 2n, visitors: 2 },
    ]);
  });

  test.each<[Partial<AlsGeneration>, string]>([
    [{ rank: 0 }, 'model.rank is 0; give a whole number from 1 to 2147483647.'],
    [{ rank: 3 }, 'users.factors has 6 numbers, not 3 rows of 3.'],
    [
      { userFactors: Float32Array.of(1, 2, 3, Number.NaN, 5, 6) },
      'Row 2: users.factors holds NaN, not a finite number.',
    ],
    [{ itemFactors: Float32Array.of(1, 2, 3) }, 'items.factors has 3 numbers, not 2 rows of 2.'],
    [{ userIds: ['a', 'b', 'a'] }, 'Row 3: users.user_id is "a", which an earlier row has too.'],
    [{ userIds: ['a', 'a', 'b'] }, 'Row 2: users.user_id is "a", which an earlier row has too.'],
    [{ attractionIds: ['p:1', '\udc00'] }, 'Row 2: items.attraction_id is not well-formed text.'],
    [{ visitors: Uint32Array.of(1) }, 'items.visitors has 1 entries for 2 rows.'],
    [{ visitors: Uint32Array.of(1, 2 ** 31) }, 'Row 2: items.visitors is 2147483648, outside 0 to 2147483647.'],
    [
      { seen: { offsets: Uint32Array.of(0, 3), items: Uint32Array.of(0, 1, 0) } },
      'users.seen: 2 offsets do not divide 3 items among 3 users.',
    ],
    [
      { seen: { offsets: Uint32Array.of(0, 2, 1, 3), items: Uint32Array.of(0, 1, 0) } },
      'Row 2: users.seen ends at 1, before its start 2.',
    ],
    [
      { seen: { offsets: Uint32Array.of(0, 1, 2, 3), items: Uint32Array.of(0, 2, 0) } },
      'Row 2: users.seen holds 2; there are 2 items.',
    ],
    [
      { seen: { offsets: Uint32Array.of(0, 0, 0, 3), items: Uint32Array.of(0, 1, 1) } },
      'Row 3: users.seen is not ascending at 1.',
    ],
    [{ histories: { ...told, counts: Uint32Array.of(1, 2) } }, 'users.counts has 2 numbers for 3 attractions seen.'],
    [
      { histories: { ...told, counts: Uint32Array.of(1, 0, 2) } },
      'Row 3: users.counts holds 0, outside 1 to 2147483647.',
    ],
    [{ histories: { ...told, weights: Float32Array.of(1, 2) } }, 'users.weights has 2 numbers for 3 attractions seen.'],
    [{ histories: { ...told, weights: Float32Array.of(1, NaN, 2) } }, 'users.weights holds NaN, not a finite number.'],
    [{ histories: { ...told, lastItems: Uint32Array.of(1) } }, 'users.last_item has 1 entries for 3 rows.'],
    [{ histories: { ...told, lastItems: Uint32Array.of(1, 1, 2) } }, 'Row 3: users.last_item is 2; there are 2 items.'],
    [
      { histories: { ...told, lastTimes: Float64Array.of(1, 0.5, 2) } },
      'Row 2: users.last_visit is 0.5, not whole milliseconds since 1970.',
    ],
    [
      { history: [{ iteration: 1, loss: Number.NaN, seconds: 1 }] },
      'model.history[0].loss is NaN; give a finite number.',
    ],
    [{ options: { seed: Infinity } }, 'model.options.seed is Infinity; give a text, a finite number, true or false.'],
  ])('that is not whole is refused: %j', async (change, message) => {
    await expect(encoded(codec, { ...alsModel(), ...change })).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message,
    });
  });

  test('whose files do not belong together is refused', async () => {
    const files = await encoded(codec, alsModel());
    const other = await encoded(codec, {
      ...alsModel(),
      rank: 1,
      userFactors: new Float32Array(3),
      itemFactors: new Float32Array(2),
    });
    const mixed = [
      ...files.filter(({ name }) => name !== 'model.json'),
      ...other.filter(({ name }) => name === 'model.json'),
    ];
    await expect(codec.decode(stored(mixed))).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining('Row 1: factors has 2 numbers, not 1'),
    });
    await expect(codec.decode(stored(files.slice(1)))).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining('The update has no users.parquet'),
    });
  });
});

test('factors go through without an object a row: 20,000 users of 64 take a bounded multiple of their own bytes', async () => {
  const [users, items, rank] = [20_000, 500, 64];
  const userFactors = new Float32Array(users * rank);
  for (let i = 0; i < userFactors.length; i++) userFactors[i] = (i * 0.7) % 1;
  const model: AlsGeneration = {
    ...alsModel(),
    rank,
    userIds: Array.from({ length: users }, (_, u) => `user-${u}`),
    attractionIds: Array.from({ length: items }, (_, i) => `p:${i}`),
    userFactors,
    itemFactors: userFactors.slice(0, items * rank),
    histories: undefined,
    seen: {
      offsets: Uint32Array.from({ length: users + 1 }, (_, u) => u * 5),
      items: Uint32Array.from({ length: users * 5 }, (_, i) => (i % 5) * 100 + (Math.floor(i / 5) % 100)),
    },
    visitors: new Uint32Array(items).fill(3),
  };
  const before = process.memoryUsage.rss();
  const files = await encoded(codec, model);
  const back = await codec.decode(stored(files));
  const grown = process.memoryUsage.rss() - before;
  expect(bits(back.userFactors)).toEqual(bits(userFactors));
  expect(back.seen).toEqual(model.seen);
  expect(files[0]?.bytes.length).toBeLessThan(1.3 * userFactors.byteLength);
  expect(grown).toBeLessThan(40 * userFactors.byteLength);
});
