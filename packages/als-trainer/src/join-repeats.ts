import type { Csr } from './csr.js';
import type { PairRoom } from './pair-space.js';
import { hasOwn, weightAt, weightCoder } from './weights.js';
import type { Weights } from './weights.js';

/** Sum of the weights of entries `from` to `to`, in an order that does not depend on the one in which they were given: two commute, more are sorted. */
function sumOfEntries(weights: Weights, from: number, to: number): number {
  if (to - from <= 2) return weightAt(weights, from) + (to - from === 2 ? weightAt(weights, from + 1) : 0);
  const entries = new Float32Array(to - from);
  for (let k = from; k < to; k++) entries[k - from] = weightAt(weights, k);
  return entries.sort().reduce((sum, weight) => sum + weight, 0);
}

/** Room for `length` weights, the first `count` of them from their codes. */
function decoded(values: Float32Array, codes: Uint8Array, count: number, length: number): Float32Array {
  const weights = new Float32Array(length);
  for (let k = 0; k < count; k++) weights[k] = values[codes[k] as number] as number;
  return weights;
}

/** Writes weights one after the other, by code as long as 256 do. What is `given` is read ahead of what is written, and may be written over. */
function weightWriter(given: Weights, entries: number, codes: Uint8Array) {
  const coder = weightCoder();
  /** Codes of the given weights, once they were written. */
  const known = new Int16Array(256).fill(-1);
  const givenCodes = given.codes;
  let own = hasOwn(given) ? given.values : undefined;

  function put(pair: number, weight: number): number {
    const code = own ? -1 : coder.codeOf(weight);
    if (code >= 0) codes[pair] = code;
    else {
      own ??= decoded(coder.values(), codes, pair, entries);
      own[pair] = weight;
    }
    return code;
  }

  return {
    /** Writes the sum of entries `from` to `to`, unless it is zero and zeros are dropped; tells whether it did. */
    write(pair: number, from: number, to: number, keepZeros: boolean): boolean {
      const single = to - from === 1 && !own;
      const givenCode = givenCodes ? (givenCodes[from] as number) : 0;
      const code = single ? (known[givenCode] as number) : -1;
      if (code >= 0) {
        codes[pair] = code;
        return true;
      }
      const weight = sumOfEntries(given, from, to);
      if (weight === 0 && !keepZeros) return false;
      const written = put(pair, weight);
      if (single) known[givenCode] = written;
      return true;
    },
    weights(count: number): Weights {
      if (own) return { values: own.subarray(0, count) };
      const values = coder.values();
      return values.length === 1 ? { values } : { values, codes: codes.subarray(0, count) };
    },
  };
}

/** Joins the repeats of a pair (adjacent, since columns ascend) in place, dropping pairs that sum to zero unless `keepZeros`. */
export function joinRepeats(csr: Csr, keepZeros: boolean, { codes }: PairRoom): Csr {
  const { rowCount, offsets, columns, weights } = csr;
  const writer = weightWriter(weights, columns.length, codes);
  const joined = new Uint32Array(rowCount + 1);
  let kept = 0;
  for (let r = 0; r < rowCount; r++) {
    const end = offsets[r + 1] as number;
    for (let k = offsets[r] as number; k < end;) {
      const first = k++;
      const column = columns[first] as number;
      while (k < end && columns[k] === column) k++;
      if (writer.write(kept, first, k, keepZeros)) columns[kept++] = column;
    }
    joined[r + 1] = kept;
  }
  return { ...csr, offsets: joined, columns: columns.subarray(0, kept), weights: writer.weights(kept) };
}
