import { hashOf } from '@attractions/models';
import type { DistinctText, TextTable } from '@attractions/models';
import { PAGE_BYTES } from './memory-plan.js';
import type { WasmHost } from './module.js';

/** Texts that are numbered per call: their bytes and slots stay in the caches. */
const PIECE_ROWS = 16384;

/** Bytes of a slot; see `Slot` in assembly/texts.ts. */
const SLOT_BYTES = 16;

/** Bytes that are allocated at a time for distinct texts. */
const STORE_BYTES = 1 << 20;

/** Words of the state; see `Texts` in assembly/texts.ts. */
const word = { slotsAt: 0, mask: 1, count: 2, storeAt: 3 } as const;

/** The table in WebAssembly, in a memory of its own that grows. */
export function wasmTextTable({ allocate, instantiate }: WasmHost): TextTable {
  const memory = allocate(1);
  const { numberTexts, moveTexts } = instantiate(memory);
  let end = 64;
  const take = (bytes: number): number => {
    const at = end;
    end += 64 * Math.ceil(bytes / 64);
    const missing = Math.ceil(end / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) memory.grow(missing);
    return at;
  };
  const words = (at: number, length: number) => new Uint32Array(memory.buffer, at, length);

  const state = take(20);
  const offsetsAt = take(4 * (PIECE_ROWS + 1));
  const hashesAt = take(4 * PIECE_ROWS);
  const outAt = take(4 * PIECE_ROWS);
  const piece = { at: 0, bytes: 0 };
  let storeEnd = 0;
  let slots = 4 * PIECE_ROWS;
  const status = words(state, 4);
  status.set([take(SLOT_BYTES * slots), slots - 1, 0, 0]);

  /** Makes room for a piece of so many bytes, where every text may be new. */
  function makeRoom(bytes: number): void {
    const count = status[word.count] as number;
    if (bytes > piece.bytes) Object.assign(piece, { at: take(2 * bytes), bytes: 2 * bytes });
    if ((status[word.storeAt] as number) + bytes > storeEnd) {
      const room = Math.max(STORE_BYTES, bytes);
      const at = take(room);
      storeEnd = at + room;
      status[word.storeAt] = at;
    }
    if (2 * (count + PIECE_ROWS) > slots) {
      while (2 * (count + PIECE_ROWS) > slots) slots *= 2;
      moveTexts(state, take(SLOT_BYTES * slots), slots - 1);
    }
  }

  return {
    number(values, offsets, rows) {
      for (let from = 0; from < rows.length; from += PIECE_ROWS) {
        const to = Math.min(rows.length, from + PIECE_ROWS);
        const [begin, stop] = [offsets[from] as number, offsets[to] as number];
        makeRoom(stop - begin);
        new Uint8Array(memory.buffer, piece.at, stop - begin).set(values.subarray(begin, stop));
        words(offsetsAt, to - from + 1).set(offsets.subarray(from, to + 1));
        numberTexts(state, piece.at, offsetsAt, to - from, hashesAt, outAt);
        rows.set(words(outAt, to - from), from);
      }
    },
    distinct() {
      const bytes = Buffer.from(memory.buffer);
      const found = new Array<DistinctText>(status[word.count] as number);
      const table = words(status[word.slotsAt] as number, 4 * slots);
      for (let at = 0; at < table.length; at += 4) {
        const number = table[at] as number;
        if (number === 0) continue;
        const start = table[at + 2] as number;
        const end = start + (table[at + 3] as number);
        found[number - 1] = { text: bytes.toString('utf8', start, end), hash: hashOf(bytes, start, end) };
      }
      return found;
    },
  };
}
