import { describe, expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { csv } from '../../src/codec/csv.js';
import { float64, int32, optional, text, texts } from '../../src/columns.js';
import type { Columns } from '../../src/columns.js';
import { encoded, roundTrip, stored, storedText } from '../../src/testing.js';
import { temporaryFolder } from '../support/folders.js';

interface Row {
  readonly name: string;
  readonly note?: string;
  readonly count: number;
  readonly share?: number;
  readonly tags: readonly string[];
}

const columns: Columns<Row> = {
  name: text('name', 'a name'),
  note: optional(text('note', 'perhaps a note')),
  count: int32('count', 'a count'),
  share: optional(float64('share', 'perhaps a share', [0, 1])),
  tags: texts('tags', 'tags'),
};
const codec = csv(columns);

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }).filter((s) => !/\p{Surrogate}/u.test(s)),
  fc.constantFrom(
    '',
    ' ',
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\r\n',
    'a\nb',
    '=1+1',
    '@x',
    '-1',
    '+1',
    'null',
    'NULL',
    '\ufeff',
    '\0',
    ';',
  ),
);
const rows = fc.array(
  fc.record(
    {
      name: anyText,
      note: anyText,
      count: fc.integer(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      tags: fc.array(anyText.map((s) => s.replaceAll('|', '')).filter((s) => s !== '')),
    },
    { requiredKeys: ['name', 'count', 'tags'] },
  ),
);

async function asText(value: readonly Row[]): Promise<string> {
  return new TextDecoder().decode((await encoded(codec, value))[0]?.bytes);
}

describe('CSV', () => {
  test('is what a person expects to see', async () => {
    const value = [
      { name: 'Big "Dipper"', note: '', count: 3, share: 0.25, tags: ['a', 'b c'] },
      { name: 'two\nlines', count: -1, tags: [] },
    ];
    expect(await asText(value)).toBe(
      'name,note,count,share,tags\n"Big ""Dipper""","",3,0.25,a|b c\n"two\nlines",,-1,,""\n',
    );
  });

  test('of any rows comes back as it went: quotes, line ends, formulas, empty and absent', async () => {
    await fc.assert(fc.asyncProperty(rows, async (value) => expect(await roundTrip(codec, value)).toEqual(value)));
  });

  test('with CR LF and a byte order mark is read too', async () => {
    const file = storedText('a.csv', '\ufeffname,note,count,share,tags\r\nx,,1,,""\r\n', 1);
    expect(await codec.decode([file])).toEqual([{ name: 'x', count: 1, tags: [] }]);
  });

  test('in several files is read in their order', async () => {
    const [one] = await encoded(codec, [{ name: 'a', count: 1, tags: [] }]);
    const [two] = await encoded(codec, [{ name: 'b', count: 2, tags: [] }]);
    if (!one || !two) throw new Error('a file each');
    expect((await codec.decode(stored([one, two]))).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('of an older minor version lacks nullable columns; of a newer one it has more', async () => {
    const older = storedText('a.csv', 'count,name,tags\n1,x,""\n', 1);
    const newer = storedText('b.csv', 'name,note,count,share,tags,colour\nx,,1,,"",red\n', 1);
    for (const file of [older, newer]) expect(await codec.decode([file])).toEqual([{ name: 'x', count: 1, tags: [] }]);
  });

  test.each([
    [{ name: 7 }, 'Row 2: name is 7, not a text.'],
    [{ name: undefined }, 'Row 2: name is missing, not a text.'],
    [{ name: '\ud800' }, 'Row 2: name is "\\ud800", which holds a lone surrogate.'],
    [{ count: 1.5 }, 'Row 2: count is 1.5, not a whole number.'],
    [{ count: 2 ** 31 }, 'Row 2: count is 2147483648, outside -2147483648 to 2147483647.'],
    [{ share: Number.NaN }, 'Row 2: share is NaN, not a finite number.'],
    [{ share: 1.01 }, 'Row 2: share is 1.01, outside 0 to 1.'],
    [{ tags: 'a' }, 'Row 2: tags is "a", not a list of texts.'],
    [{ tags: ['a|b'] }, 'Row 2: tags holds "a|b"; an entry may not be empty or contain |.'],
  ])('refuses %j with the row and the column', async (change, message) => {
    const good: Row = { name: 'x', count: 1, tags: [] };
    const bad = { ...good, ...change } as Row;
    await expect(encoded(codec, [good, bad])).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID', message });
  });

  test.each([
    ['name,note,count,share\nx,,1,\n', 'has no column tags; its header is name,note,count,share'],
    ['name,note,count,share,tags\nx,,one,,""\n', 'Row 1: count is "one", not a finite number'],
    ['name,note,count,share,tags\n,,1,,""\n', 'Row 1: name is missing'],
    ['name,note,count,share,tags\nx,,1,\n', 'is not CSV'],
    ['name,note,count,share,tags\n"x,,1,,""\n', 'is not CSV'],
    ['name,note,count,share,tags\n', 'has 0 rows; its record says 1'],
    ['', 'has 0 rows'],
  ])('that is not what it should be is refused: %j', async (content, words) => {
    await expect(codec.decode([storedText('a.csv', content, 1)])).rejects.toMatchObject({
      code: 'FEEDS_DATA_CORRUPT',
      message: expect.stringContaining(`feeds/a.csv`) && expect.stringContaining(words),
    });
  });

  test('that is not UTF-8 is refused', async () => {
    const file = { name: 'a.csv', path: 'feeds/a.csv', rows: 1, bytes: async () => Uint8Array.of(0x6e, 0xff) };
    await expect(codec.decode([file])).rejects.toMatchObject({ code: 'FEEDS_DATA_CORRUPT' });
  });

  test('is read by DuckDB with the same texts and nulls', async () => {
    const value: Row[] = [
      { name: 'a "b", c\nd', note: '', count: 1, share: 0.5, tags: ['x'] },
      { name: '=cmd|x', count: 2, tags: [] },
    ];
    const path = join(temporaryFolder(), 'rows.csv');
    writeFileSync(path, await asText(value));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const options = "header = true, nullstr = '', allow_quoted_nulls = false";
    const reader = await connection.runAndReadAll(`SELECT * FROM read_csv('${path}', ${options})`);
    expect(reader.getRowObjectsJson()).toEqual([
      { name: 'a "b", c\nd', note: '', count: '1', share: 0.5, tags: 'x' },
      { name: '=cmd|x', note: null, count: '2', share: null, tags: '' },
    ]);
  });
});
