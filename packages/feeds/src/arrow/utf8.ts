import { Dictionary, Uint32, Utf8, Vector, makeData } from 'apache-arrow';
import type { Data } from 'apache-arrow';

const encoder = new TextEncoder();
/** A byte order mark is kept: it is a character of an id like any other. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Well-formed texts as one Arrow column, encoded all at once: Arrow's builder would make one or two objects for each row. */
export function utf8Data(texts: readonly (string | null)[]): Data<Utf8> {
  const joined = texts.join('');
  const data = encoder.encode(joined);
  const ascii = data.length === joined.length;
  const lengthOf = (text: string) => (ascii ? text.length : Buffer.byteLength(text));
  const { length } = texts;
  const valueOffsets = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + lengthOf(texts[row] ?? '');
  return makeData({ type: new Utf8(), length, valueOffsets, data, ...validity(length, (row) => texts[row] !== null) });
}

/** A text column as places in a list of distinct words; shares the places. */
export function utf8Dictionary(words: readonly string[], places: Uint32Array): Data<Dictionary<Utf8, Uint32>> {
  const dictionary = new Vector([utf8Data(words)]);
  const type = new Dictionary(new Utf8(), new Uint32());
  return makeData({ type, length: places.length, nullCount: 0, data: places, dictionary });
}

/** A dictionary-encoded text column as a plain one. Each word of the dictionary is encoded once. */
export function plainUtf8(column: Data): Data<Utf8> {
  const { dictionary, values, length } = column;
  const words = [...(dictionary ?? [])].map((word: string | null) => (word === null ? null : encoder.encode(word)));
  const indices: ArrayLike<number | bigint> = values;
  const wordAt = (row: number) => (column.getValid(row) ? words[Number(indices[row])] : undefined);
  const valueOffsets = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + (wordAt(row)?.length ?? 0);
  const data = new Uint8Array(valueOffsets[length] ?? 0);
  for (let row = 0; row < length; row++) data.set(wordAt(row) ?? NOTHING, valueOffsets[row]);
  return makeData({ type: new Utf8(), length, valueOffsets, data, ...validity(length, (row) => Boolean(wordAt(row))) });
}

const NOTHING = new Uint8Array();

/** The texts of a column without nulls. ASCII is decoded all at once. */
export function stringsOf(column: Vector<Utf8> | null): string[] {
  return (column?.data ?? []).flatMap((data) => {
    const { values, valueOffsets, length } = data;
    const start = valueOffsets[0] ?? 0;
    const bytes = values.subarray(start, valueOffsets[length]);
    const text = decoder.decode(bytes);
    const texts: string[] = [];
    const ascii = text.length === bytes.length;
    for (let row = 0; row < length; row++) {
      const [from, to] = [(valueOffsets[row] ?? 0) - start, (valueOffsets[row + 1] ?? 0) - start];
      texts.push(ascii ? text.slice(from, to) : decoder.decode(bytes.subarray(from, to)));
    }
    return texts;
  });
}

/** The bitmap of rows that have a value, as Arrow wants it: none if all rows have one. */
export function validity(
  length: number,
  isValid: (row: number) => boolean,
): { nullCount: number; nullBitmap: Uint8Array | null } {
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    if (isValid(row)) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    else nullCount++;
  }
  return { nullCount, nullBitmap: nullCount > 0 ? nullBitmap : null };
}
