import type { WasmMemory } from './wasm/module.js';

/**
 * A sparse matrix by rows (compressed sparse rows): row r's pairs are `offsets[r] .. offsets[r + 1]`, columns ascending, no pair twice.
 */
export interface Csr {
  readonly rowCount: number;
  readonly columnCount: number;
  /** `rowCount + 1` long. */
  readonly offsets: Uint32Array;
  readonly columns: Uint32Array;
  readonly weights: Weights;
}

/** Both orientations of the same pairs, and the memory that they are in. */
export interface Orientations {
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly space?: PairSpace;
}

/** Memory for the pairs of one orientation. */
export interface PairRoom {
  readonly columns: Uint32Array;
  readonly codes: Uint8Array;
}

/** Memory for the pairs of both orientations, so that they are not copied to where they are used. */
export interface PairSpace {
  readonly byUser: PairRoom;
  readonly byItem: PairRoom;
  /** Hands the memory that holds all of it to the first caller, who may put more data behind the pairs; undefined for later callers. */
  readonly takeMemory?: () => WasmMemory | undefined;
}

/** Separate memory for each array. */
export const heapSpace = (entries: number): PairSpace => ({
  byUser: { columns: new Uint32Array(entries), codes: new Uint8Array(entries) },
  byItem: { columns: new Uint32Array(entries), codes: new Uint8Array(entries) },
});

/** Weights of pairs: one for all pairs, one for each pair, or, with `codes`, at most 256 different ones by code. */
export interface Weights {
  readonly values: Float32Array;
  /** Place of each pair's weight in `values`. */
  readonly codes?: Uint8Array | undefined;
}

/** Every pair counts once, without a byte per pair. */
export const ones: Weights = { values: Float32Array.of(1) };

/** Whether there is one value per pair. */
export const hasOwn = ({ values, codes }: Weights): boolean => !codes && values.length > 1;

export const weightAt = ({ values, codes }: Weights, pair: number): number =>
  values[codes ? (codes[pair] as number) : values.length === 1 ? 0 : pair] as number;

/** Changes every weight; a weight that many pairs share is changed once. */
export const mapWeights = ({ values, codes }: Weights, change: (weight: number) => number): Weights => ({
  values: values.map(change),
  codes,
});

/** Gives each different weight a code, in order of first appearance. */
export interface WeightCoder {
  /** The code of a weight; -1 when it would be the 257th. */
  codeOf(weight: number): number;
  /** The different weights so far. */
  values(): Float32Array;
}

const SLOT_COUNT = 1024;

/**
 * Codes of one byte where there are at most 256 different weights, as with nearly all counts of visits: a quarter of the memory, and the
 * terms of a pair are looked up instead of computed. Weights are compared by their bits.
 */
export function weightCoder(): WeightCoder {
  const known = new Float32Array(SLOT_COUNT);
  const bitsOf = new Uint32Array(known.buffer);
  const codes = new Int16Array(SLOT_COUNT).fill(-1);
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  const values = new Float32Array(256);
  let count = 0;
  return {
    codeOf(weight) {
      single[0] = weight;
      const word = bits[0] as number;
      let slot = Math.imul(word, 0x9e3779b1) >>> 22;
      while ((codes[slot] as number) >= 0 && bitsOf[slot] !== word) slot = (slot + 1) % SLOT_COUNT;
      const code = codes[slot] as number;
      if (code >= 0 || count === 256) return code;
      known[slot] = weight;
      values[count] = weight;
      return (codes[slot] = count++);
    },
    values: () => values.slice(0, count),
  };
}

/** The weights as codes where at most 256 differ, otherwise as they are. */
export function coded(weights: Float32Array): Weights {
  const coder = weightCoder();
  const codes = new Uint8Array(weights.length);
  for (let k = 0; k < weights.length; k++) {
    const code = coder.codeOf(weights[k] as number);
    if (code < 0) return { values: weights };
    codes[k] = code;
  }
  return { values: coder.values(), codes };
}
