import type { WasmMemory } from './wasm/web-assembly.js';

/** Room for the pairs of one orientation. */
export interface PairRoom {
  readonly columns: Uint32Array;
  readonly codes: Uint8Array;
}

/** Room for the pairs of both orientations, so that they need not be copied to where they are used. */
export interface PairSpace {
  readonly byUser: PairRoom;
  readonly byItem: PairRoom;
  /** The memory that all of it is in, to the first caller: what else is needed can be put behind the pairs. */
  readonly takeMemory?: () => WasmMemory | undefined;
}

/** Room in memory of its own for each array. */
export const heapSpace = (entries: number): PairSpace => ({
  byUser: { columns: new Uint32Array(entries), codes: new Uint8Array(entries) },
  byItem: { columns: new Uint32Array(entries), codes: new Uint8Array(entries) },
});
