import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parquetRowChunks, parquetRows } from '../../src/codec/parquet.js';
import { float64, int32, optional, text, texts } from '../../src/columns.js';
import type { Columns } from '../../src/columns.js';
import { encoded, stored } from '../../src/testing.js';

interface Ride {
  readonly name: string;
  readonly height?: number;
  readonly seats?: number;
  readonly park?: string;
  readonly themes: readonly string[];
}

const columns: Columns<Ride> = {
  name: text('name', 'Its name.'),
  height: optional(float64('height', 'Metres.')),
  seats: optional(int32('seats', 'Seats.')),
  park: optional(text('park', 'Its park.')),
  themes: texts('themes', 'Its themes.'),
};
const whole = parquetRows(columns);
const chunked = parquetRowChunks(columns);

const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !one.includes('|'));
const ride: fc.Arbitrary<Ride> = fc.record(
  {
    name: word,
    height: fc.double({ noNaN: true, noDefaultInfinity: true }),
    seats: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    park: word,
    themes: fc.array(word, { maxLength: 3 }),
  },
  { requiredKeys: ['name', 'themes'] },
);

async function* each<T>(chunks: readonly T[]): AsyncGenerator<T> {
  yield* chunks;
}

const all = async (chunks: AsyncIterable<readonly Ride[]>): Promise<Ride[]> => {
  const rows: Ride[] = [];
  for await (const chunk of chunks) rows.push(...chunk);
  return rows;
};

describe('chunks of rows', () => {
  test('come back as they went, by either codec', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(ride)), async (chunks) => {
        const files = stored(await encoded(chunked, each(chunks)));
        expect(await all(await chunked.decode(files))).toEqual(chunks.flat());
        expect(await whole.decode(files)).toEqual(chunks.flat());
        const written = stored(await encoded(whole, chunks.flat()));
        expect(await all(await chunked.decode(written))).toEqual(chunks.flat());
      }),
      { numRuns: 50 },
    );
  });

  test('are refused with the number of the row in all of them', async () => {
    const bad = { name: 'b', themes: [], height: Number.NaN };
    await expect(encoded(chunked, each([[{ name: 'a', themes: [] }], [bad]]))).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: 'Row 2: height is NaN, not a finite number.',
    });
  });
});
