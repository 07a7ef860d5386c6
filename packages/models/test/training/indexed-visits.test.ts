import { describe, expect, test } from '@jest/globals';
import { Dictionary, Int32, Utf8, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';

import { vocabularyOf } from '../../src/training/indexed-visits.js';

describe('vocabularyOf', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { minLength: 1 });

  test('the rows name the texts again, plain or dictionary-encoded; ids are distinct and sorted', () => {
    fc.assert(
      fc.property(texts, (column) => {
        for (const type of [new Utf8(), new Dictionary(new Utf8(), new Int32())]) {
          const vector = vectorFromArray(column, type);
          const { ids, rows } = vocabularyOf(vector as Parameters<typeof vocabularyOf>[0], 'user_id');
          expect([...rows].map((row) => ids[row])).toEqual(column);
          expect(ids).toEqual([...new Set(ids)].sort());
        }
      }),
    );
  });

  test('many texts outgrow the first table', () => {
    const column = Array.from({ length: 5000 }, (_, k) => `user-${(k * 7919) % 5000}`);
    const { ids, rows } = vocabularyOf(vectorFromArray(column, new Utf8()), 'user_id');
    expect(ids).toHaveLength(5000);
    expect(ids[rows[17] as number]).toBe(column[17]);
  });

  test('a null is refused', () => {
    expect(() => vocabularyOf(vectorFromArray(['a', null], new Utf8()), 'user_id')).toThrow('null in 1 rows');
    expect(() => vocabularyOf(null, 'user_id')).toThrow('no column user_id');
  });
});
