import type { Data, Dictionary, Utf8, Vector } from 'apache-arrow';

import { AlsError } from './errors.js';
import { mix } from './random.js';

/** The distinct texts of a column, and the column as rows of them. */
export interface Vocabulary {
  /** Ascending by UTF-16 code unit, so that the order of the visits does not show. */
  readonly ids: readonly string[];
  /** One a visit: its text's place in `ids`. */
  readonly rows: Uint32Array;
  /** One a text: a hash of its UTF-8 bytes, the seed of its first vector. */
  readonly keys: Uint32Array;
}

/** Texts met so far, by the hash of their bytes: open addressing, no object or string a visit. */
class ByteTable {
  private slots = new Int32Array(1024).fill(-1);
  private readonly starts: number[] = [0];
  private bytes = new Uint8Array(16384);
  readonly hashes: number[] = [];

  /** Number of the text `from .. to` of `source`, in order of first appearance. */
  numberOf(source: Uint8Array, from: number, to: number): number {
    const hash = hashOf(source, from, to);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = this.slots[slot] as number;
      if (known < 0) return this.add(slot, hash, source.subarray(from, to));
      if (this.hashes[known] === hash && this.holds(known, source, from, to)) return known;
    }
  }

  texts(): string[] {
    const decoder = new TextDecoder();
    return this.hashes.map((_, k) => decoder.decode(this.bytes.subarray(this.starts[k], this.starts[k + 1])));
  }

  private holds(known: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[known] as number;
    if ((this.starts[known + 1] as number) - start !== to - from) return false;
    for (let k = from; k < to; k++) if (source[k] !== this.bytes[start + k - from]) return false;
    return true;
  }

  private add(slot: number, hash: number, text: Uint8Array): number {
    const number = this.hashes.length;
    const end = this.starts[number] as number;
    if (end + text.length > this.bytes.length) {
      const larger = new Uint8Array(2 * (end + text.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(text, end);
    this.starts.push(end + text.length);
    this.hashes.push(hash);
    this.slots[slot] = number;
    if (2 * this.hashes.length > this.slots.length) this.grow();
    return number;
  }

  private grow(): void {
    this.slots = new Int32Array(2 * this.slots.length).fill(-1);
    const mask = this.slots.length - 1;
    this.hashes.forEach((hash, number) => {
      let slot = hash & mask;
      while ((this.slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = number;
    });
  }
}

/** FNV-1a over bytes, then mixed, since its low bits alone spread short texts badly. */
function hashOf(source: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let k = from; k < to; k++) hash = Math.imul(hash ^ (source[k] as number), 0x01000193);
  return mix(hash);
}

/** Numbers of one chunk of a text column, written to `rows` from `at` on. */
function numberChunk(table: ByteTable, data: Data<Utf8>, rows: Uint32Array, at: number): void {
  const { values, valueOffsets, length } = data;
  for (let row = 0; row < length; row++)
    rows[at + row] = table.numberOf(values, valueOffsets[row] as number, valueOffsets[row + 1] as number);
}

/** The same for a dictionary-encoded chunk: the dictionary is numbered, the indices are mapped. */
function numberDictionaryChunk(table: ByteTable, data: Data<Dictionary<Utf8>>, rows: Uint32Array, at: number): void {
  const words = data.dictionary ? numberColumn(table, data.dictionary) : new Uint32Array();
  const indices = data.values;
  for (let row = 0; row < data.length; row++) rows[at + row] = words[indices[row] as number] as number;
}

/** Arrow's number for the type, spelt out: to import Arrow for it takes longer than to train on a small park. */
const DICTIONARY = -1;

const isDictionary = (data: Data<Utf8> | Data<Dictionary<Utf8>>): data is Data<Dictionary<Utf8>> =>
  data.type.typeId === DICTIONARY;

function numberColumn(table: ByteTable, column: Vector<Utf8>): Uint32Array {
  const rows = new Uint32Array(column.length);
  let at = 0;
  for (const data of column.data) {
    if (isDictionary(data)) numberDictionaryChunk(table, data, rows, at);
    else numberChunk(table, data, rows, at);
    at += data.length;
  }
  return rows;
}

/**
 * Numbers the distinct texts of a column, plain or dictionary-encoded, over its UTF-8 bytes.
 *
 * @param name of the column, for the message.
 * @throws AlsError `ALS_VISITS_INVALID` when the column is missing or holds a null.
 */
export function vocabularyOf(column: Vector<Utf8> | null, name: string): Vocabulary {
  if (!column) throw new AlsError('ALS_VISITS_INVALID', [`The visits have no column ${name}; see etl/visits/v1.0.`]);
  if (column.nullCount > 0)
    throw new AlsError('ALS_VISITS_INVALID', [
      `The visits' column ${name} is null in ${column.nullCount} rows; every visit needs one.`,
    ]);
  const table = new ByteTable();
  const rows = numberColumn(table, column);
  const texts = table.texts();
  const order = Array.from(texts.keys()).sort((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
  const place = new Uint32Array(texts.length);
  order.forEach((number, k) => {
    place[number] = k;
  });
  for (let k = 0; k < rows.length; k++) rows[k] = place[rows[k] as number] as number;
  return {
    ids: order.map((number) => texts[number] as string),
    rows,
    keys: Uint32Array.from(order, (number) => table.hashes[number] as number),
  };
}
