import { makeData, Utf8 } from 'apache-arrow';
import type { Data } from 'apache-arrow';

const encoder = new TextEncoder();

/** Texts as one Arrow column, its bytes written once: a builder makes several copies and an object or two a row. */
export function utf8Data(texts: readonly (string | null)[]): Data<Utf8> {
  return gather(
    texts.map((text) => (text === null ? null : encoder.encode(text))),
    texts.length,
    (row) => row,
  );
}

/** A dictionary-encoded text column with every text written out. */
export function plainUtf8(data: Data): Data<Utf8> {
  const words = [...(data.dictionary ?? [])].map((word: string | null) =>
    word === null ? null : encoder.encode(word),
  );
  const indices: ArrayLike<number | bigint> = data.values;
  return gather(words, data.length, (row) => (data.getValid(row) ? Number(indices[row]) : -1));
}

/** A text column whose row `r` is `words[wordOf(r)]`, and null where that is none. */
function gather(words: readonly (Uint8Array | null)[], length: number, wordOf: (row: number) => number): Data<Utf8> {
  const valueOffsets = new Int32Array(length + 1);
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let bytes = 0;
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    const word = words[wordOf(row)];
    if (word) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    else nullCount++;
    valueOffsets[row + 1] = bytes += word?.length ?? 0;
  }
  const data = new Uint8Array(bytes);
  for (let row = 0; row < length; row++) {
    const word = words[wordOf(row)];
    if (word) data.set(word, valueOffsets[row]);
  }
  return makeData({
    type: new Utf8(),
    length,
    nullCount,
    valueOffsets,
    data,
    nullBitmap: nullCount > 0 ? nullBitmap : null,
  });
}
