/** A text, and a hash of its UTF-8 bytes. */
export interface DistinctText {
  readonly text: string;
  readonly hash: number;
}

/** The texts so far, by their bytes: a look-up makes no object or string. */
export interface TextTable {
  /** Writes the number of each text, in order of first appearance, to `rows`. Text k is `values[offsets[k]]` to `values[offsets[k + 1]]`. */
  number(values: Uint8Array, offsets: Int32Array, rows: Uint32Array): void;
  /** The texts by their numbers. */
  distinct(): DistinctText[];
}

/** The words of a slot: the number of a text + 1 (0: the slot is empty), its hash, and where its bytes are. Side by side, in one cache line. */
const slot = { words: 4, number: 0, hash: 1, start: 2, end: 3 } as const;

/** The table in TypeScript, by open addressing: for few texts, and for a Node without WebAssembly. */
export class ByteTable implements TextTable {
  private slots = new Int32Array(slot.words * 1024);
  private mask = 1023;
  private bytes = new Uint8Array(16384);
  private readonly starts: number[] = [0];
  private readonly hashes: number[] = [];

  number(values: Uint8Array, offsets: Int32Array, rows: Uint32Array): void {
    for (let row = 0; row < rows.length; row++)
      rows[row] = this.numberOf(values, offsets[row] as number, offsets[row + 1] as number);
  }

  private numberOf(source: Uint8Array, from: number, to: number): number {
    const hash = hashOf(source, from, to);
    const { slots, mask } = this;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const at = slot.words * place;
      const known = slots[at] as number;
      if (known === 0) return this.add(at, hash, source.subarray(from, to));
      if (slots[at + slot.hash] === (hash | 0) && this.holds(at, source, from, to)) return known - 1;
    }
  }

  distinct(): DistinctText[] {
    const bytes = Buffer.from(this.bytes.buffer);
    return this.hashes.map((hash, k) => ({ text: bytes.toString('utf8', this.starts[k], this.starts[k + 1]), hash }));
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

/** FNV-1a over bytes, then mixed, since its low bits alone distribute short texts badly. */
export function hashOf(source: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let k = from; k < to; k++) hash = Math.imul(hash ^ (source[k] as number), 0x01000193);
  return mix(hash);
}

/** A well mixed 32-bit hash of one 32-bit number (the finalizer of MurmurHash3). Integers only, so it is the same on every machine. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
