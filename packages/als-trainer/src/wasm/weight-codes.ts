/** Weights as one byte each. */
export interface WeightCodes {
  /** The different weights, at most 256, in order of first appearance. */
  readonly distinct: readonly number[];
  /** Place of each weight in `distinct`. */
  readonly codes: Uint8Array;
}

const slotCount = 1024;

/**
 * One byte a weight where there are at most 256 different ones, which counts of visits nearly always are: a quarter of the memory, and the
 * terms of a pair are looked up instead of computed. Told apart by their bits. Undefined for more.
 */
export function weightCodes(weights: Float32Array): WeightCodes | undefined {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  const known = new Uint32Array(slotCount);
  const codeOf = new Int16Array(slotCount).fill(-1);
  const codes = new Uint8Array(weights.length);
  const distinct: number[] = [];
  for (let k = 0; k < weights.length; k++) {
    const word = bits[k] as number;
    let slot = Math.imul(word, 0x9e3779b1) >>> 22;
    while ((codeOf[slot] as number) >= 0 && known[slot] !== word) slot = (slot + 1) % slotCount;
    if ((codeOf[slot] as number) < 0) {
      if (distinct.length === 256) return undefined;
      known[slot] = word;
      codeOf[slot] = distinct.length;
      distinct.push(weights[k] as number);
    }
    codes[k] = codeOf[slot] as number;
  }
  return { distinct, codes };
}
