import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IdIndex } from '../../src/snapshot/id-index.js';

/** Any UTF-16, and what is easily taken for something else: lone surrogates and what they become in UTF-8, a byte order mark, the empty text. */
const id = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\ud800', '\udc00', '\ufffd', '\ufeff', '\ufeffa', 'a', 'a\0', '\0', '__proto__', 'é', 'e\u0301'),
);
const ids = fc.uniqueArray(id, { maxLength: 200 });

describe('IdIndex', () => {
  test('answers as a Map from id to row does', () => {
    fc.assert(
      fc.property(ids, fc.array(id), (known, others) => {
        const map = new Map(known.map((each, row) => [each, row]));
        const index = IdIndex.of(known);
        expect(index.size).toBe(map.size);
        expect(index.ids()).toEqual(known);
        for (const each of [...known, ...others]) expect(index.get(each)).toBe(map.get(each));
        for (const row of [-1, known.length, 0.5, NaN]) expect(index.at(row)).toBeUndefined();
      }),
    );
  });

  test('finds the bytes of an id in UTF-8, wherever they stand', () => {
    fc.assert(
      fc.property(ids, fc.array(id), fc.uint8Array(), (known, others, before) => {
        const index = IdIndex.of(known);
        for (const each of [...known, ...others].filter((text) => !/\p{Surrogate}/u.test(text))) {
          const text = new TextEncoder().encode(each);
          const bytes = Uint8Array.of(...before, ...text, 97);
          expect(index.ofUtf8(bytes, before.length, before.length + text.length)).toBe(index.get(each) ?? -1);
        }
      }),
    );
  });

  test('finds every one of many ids that differ in a digit, and long ones', () => {
    const known = Array.from({ length: 50_000 }, (_, n) => `${10_000_000 + n}@N0${n % 10}`);
    known.push('x'.repeat(300_000));
    const index = IdIndex.of(known);
    expect(known.every((each, row) => index.get(each) === row && index.at(row) === each)).toBe(true);
    expect(index.get('10050000@N00')).toBeUndefined();
  });

  test('is the same of the arrays that another thread has received', () => {
    const index = IdIndex.of(['ana', 'bob', '🎢']);
    const received = new IdIndex(structuredClone(index.parts));
    expect(received).toEqual(index);
    expect(received.get('🎢')).toBe(2);
  });
});
