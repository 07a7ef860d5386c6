import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { ByteTable } from '@attractions/models';
import type { TextTable } from '@attractions/models';
import { wasmHost } from '../src/wasm/module.js';
import type { WasmHost } from '../src/wasm/module.js';
import { wasmTextTable } from '../src/wasm/text-table.js';

/** Numbers of texts given in several pieces, and the distinct ones. */
function numbered(table: TextTable, pieces: readonly (readonly string[])[]) {
  const numbers = pieces.map((texts) => {
    const encoded = texts.map((text) => Buffer.from(text));
    const offsets = Int32Array.from([0, ...encoded].map(() => 7));
    encoded.forEach((bytes, k) => (offsets[k + 1] = (offsets[k] as number) + bytes.length));
    const rows = new Uint32Array(texts.length);
    table.number(Buffer.concat([Buffer.alloc(7), ...encoded]), offsets, rows);
    return [...rows];
  });
  return { numbers, distinct: table.distinct() };
}

const tables = (): TextTable[] => [new ByteTable(), wasmTextTable(wasmHost() as WasmHost)];

test('both tables number texts alike, and hash them alike', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.array(text)), (pieces) => {
      const [plain, fast] = tables().map((table) => numbered(table, pieces));
      expect(fast).toEqual(plain);
    }),
  );
});

test('both grow with more distinct texts than a piece has, and with a text that is longer than all before', () => {
  const many = Array.from({ length: 100_000 }, (_, k) => `visitor-${k}`);
  const [plain, fast] = tables().map((table) => numbered(table, [many, ['x'.repeat(3_000_000), 'visitor-7']]));
  expect(fast?.numbers[1]).toEqual([100_000, 7]);
  expect(fast?.numbers).toEqual(plain?.numbers);
  expect(fast?.distinct.length).toBe(100_001);
  expect(fast?.distinct[99_999]).toEqual(plain?.distinct[99_999]);
});
