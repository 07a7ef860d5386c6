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

/** Where the words of a slot stand: a text's number + 1 (0: the slot is empty), its hash, and where its bytes are. Side by side, for one cache line. */
const slot = { words: 4, number: 0, hash: 1, start: 2, end: 3 } as const;

/** Texts met so far, by the hash of their bytes: open addressing, no object or string a visit. */
class ByteTable {
  private slots = new Int32Array(slot.words * 1024);
  private mask = 1023;
  private bytes = new Uint8Array(16384);
  private readonly starts: number[] = [0];
  readonly hashes: number[] = [];

  /** Number of the text `from .. to` of `source`, in order of first appearance. */
  numberOf(source: Uint8Array, from: number, to: number): number {
    const hash = hashOf(source, from, to);
    const { slots, mask } = this;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const at = slot.words * place;
      const known = slots[at] as number;
      if (known === 0) return this.add(at, hash, source.subarray(from, to));
      if (slots[at + slot.hash] === (hash | 0) && this.holds(at, source, from, to)) return known - 1;
    }
  }

  texts(): string[] {
    const decoder = new TextDecoder();
    return this.hashes.map((_, k) => decoder.decode(this.bytes.subarray(this.starts[k], this.starts[k + 1])));
  }

  private holds(at: number, source: Uint8Array, from: number, to: number): boolean {
    const { slots, bytes } = this;
    const start = slots[at + slot.start] as number;
    if ((slots[at + slot.end] as number) - start !== to - from) return false;
    for (let k = from; k < to; k++) if (source[k] !== bytes[start + k - from]) return false;
    return true;
  }

  private add(at: number, hash: number, text: Uint8Array): number {
    const number = this.hashes.length;
    const start = this.starts[number] as number;
    const end = start + text.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(text, start);
    this.starts.push(end);
    this.hashes.push(hash);
    this.slots.set([number + 1, hash, start, end], at);
    if (2 * this.hashes.length > this.mask) this.grow();
    return number;
  }

  private grow(): void {
    const before = this.slots;
    this.mask = 2 * this.mask + 1;
    this.slots = new Int32Array(slot.words * (this.mask + 1));
    for (let from = 0; from < before.length; from += slot.words) {
      if (before[from] === 0) continue;
      let place = (before[from + slot.hash] as number) & this.mask;
      while (this.slots[slot.words * place] !== 0) place = (place + 1) & this.mask;
      this.slots.set(before.subarray(from, from + slot.words), slot.words * place);
    }
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
