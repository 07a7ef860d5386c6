/** The arrays of an index. Another thread can make the same index of them without a copy. */
export interface IdIndexParts {
  /** The ids one after the other, as UTF-16 code units. */
  readonly units: Uint16Array;
  /** Where each id begins in `units`, and where the last one ends. */
  readonly offsets: Uint32Array;
  /** Open addressing: a power of two of slots, at most half of them used. A slot has two words: the row + 1 (0: unused), and the hash of its id. */
  readonly slots: Int32Array;
}

/**
 * Ids and their rows. It works like a `Map` from id to row, but is three typed arrays: a thread takes tens of milliseconds to receive a map of
 * 200,000 strings. Ids are compared by UTF-16 code units, as strings are, also lone surrogates.
 */
export class IdIndex {
  constructor(readonly parts: IdIndexParts) {}

  /** @param ids distinct; the row of each is its index */
  static of(ids: readonly string[]): IdIndex {
    const offsets = new Uint32Array(ids.length + 1);
    ids.forEach((id, row) => (offsets[row + 1] = (offsets[row] as number) + id.length));
    const units = new Uint16Array(offsets[ids.length] as number);
    const bytes = Buffer.from(units.buffer);
    // Many ids per call, not all: the length of a string is limited.
    for (let row = 0; row < ids.length; row += JOINED)
      bytes.write(ids.slice(row, row + JOINED).join(''), 2 * (offsets[row] as number), 'utf16le');
    const slots = new Int32Array(2 * slotsFor(ids.length));
    const mask = slots.length / 2 - 1;
    for (let row = 0; row < ids.length; row++) {
      const hash = hashOf(units, offsets[row] as number, offsets[row + 1] as number);
      let place = hash & mask;
      while (slots[2 * place] !== 0) place = (place + 1) & mask;
      slots[2 * place] = row + 1;
      slots[2 * place + 1] = hash;
    }
    return new IdIndex({ units, offsets, slots });
  }

  /** How many ids there are. */
  get size(): number {
    return this.parts.offsets.length - 1;
  }

  /** The row of an id; undefined where it is not among them. */
  get(id: string): number | undefined {
    let hash = SEED;
    for (let k = 0; k < id.length; k++) hash = Math.imul(hash ^ id.charCodeAt(k), PRIME);
    hash = mix(hash);
    const { units, offsets, slots } = this.parts;
    const mask = slots.length / 2 - 1;
    for (let place = hash & mask; slots[2 * place] !== 0; place = (place + 1) & mask) {
      if (slots[2 * place + 1] !== hash) continue;
      const row = (slots[2 * place] as number) - 1;
      const from = offsets[row] as number;
      if ((offsets[row + 1] as number) - from !== id.length) continue;
      let k = 0;
      while (k < id.length && units[from + k] === id.charCodeAt(k)) k++;
      if (k === id.length) return row;
    }
    return undefined;
  }

  /** The row of the id that is `bytes[from]` to `bytes[to]` in UTF-8, or -1. Makes no string of ASCII. */
  ofUtf8(bytes: Uint8Array, from: number, to: number): number {
    let hash = SEED;
    for (let k = from; k < to; k++) {
      const unit = bytes[k] as number;
      if (unit >= 0x80) return this.get(textOf(bytes, from, to)) ?? -1;
      hash = Math.imul(hash ^ unit, PRIME);
    }
    hash = mix(hash);
    const { units, offsets, slots } = this.parts;
    const mask = slots.length / 2 - 1;
    for (let place = hash & mask; slots[2 * place] !== 0; place = (place + 1) & mask) {
      if (slots[2 * place + 1] !== hash) continue;
      const row = (slots[2 * place] as number) - 1;
      const start = offsets[row] as number;
      if ((offsets[row + 1] as number) - start !== to - from) continue;
      let k = from;
      while (k < to && units[start + k - from] === bytes[k]) k++;
      if (k === to) return row;
    }
    return -1;
  }

  /** The id of a row; undefined where there is no such row. */
  at(row: number): string | undefined {
    const { units, offsets } = this.parts;
    if (!Number.isInteger(row) || row < 0 || row >= this.size) return undefined;
    // In pieces, since the number of arguments of a call is limited.
    let id = '';
    for (let from = offsets[row] as number, to = offsets[row + 1] as number; from < to; from += PIECE)
      id += String.fromCharCode(...units.subarray(from, Math.min(from + PIECE, to)));
    return id;
  }

  /** Every id, by row. */
  ids(): string[] {
    return Array.from({ length: this.size }, (_, row) => this.at(row) as string);
  }
}

/** Ids that are converted to units per call. */
const JOINED = 4_096;

/** Units of an id that are converted to text per call. */
const PIECE = 1_024;

function slotsFor(ids: number): number {
  let slots = 4;
  while (slots < 2 * ids) slots *= 2;
  return slots;
}

/** FNV-1a. */
const [SEED, PRIME] = [0x811c9dc5 | 0, 0x01000193];

function hashOf(units: Uint16Array, from: number, to: number): number {
  let hash = SEED;
  for (let k = from; k < to; k++) hash = Math.imul(hash ^ (units[k] as number), PRIME);
  return mix(hash);
}

/** The finalizer of MurmurHash3, since the low bits of FNV alone distribute short ids badly. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}

/** Keeps a byte order mark, which is a character of an id like any other. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
