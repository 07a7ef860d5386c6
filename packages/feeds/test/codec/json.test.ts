import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { json } from '../../src/codec/json.js';
import { encoded, roundTrip, stored, storedText } from '../../src/testing.js';

const codec = json<unknown>((value) => value);

describe('JSON', () => {
  test('of any value comes back unchanged, and is always written the same way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(await roundTrip(codec, value)).toEqual(plain);
        expect(await encoded(codec, plain)).toEqual(await encoded(codec, value));
      }),
    );
  });

  test('refuses what JSON cannot hold', async () => {
    await expect(encoded(codec, { a: Number.NaN })).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID' });
  });

  test('that is not what it should be is refused', async () => {
    const strict = json((value) => {
      if (value !== 1) throw new Error('the value is not 1');
      return value;
    });
    const corrupt = { code: 'FEEDS_DATA_CORRUPT' };
    await expect(codec.decode([storedText('a.json', '{', 1)])).rejects.toMatchObject(corrupt);
    await expect(strict.decode([storedText('a.json', '2', 1)])).rejects.toMatchObject({
      ...corrupt,
      message: expect.stringContaining('feeds/a.json does not hold the value: the value is not 1'),
    });
    await expect(codec.decode([])).rejects.toMatchObject(corrupt);
    const files = stored([...(await encoded(codec, 1)), ...(await encoded(codec, 2))]);
    await expect(codec.decode(files)).rejects.toMatchObject(corrupt);
  });
});
