import { shortlistBase64 } from './wasm/shortlist-bytes.js';
import { webAssembly } from './wasm/web-assembly.js';
import type { ShortlistExports } from './wasm/web-assembly.js';

/** Factors in a memory that vector instructions reach. */
export interface Placement {
  readonly rank: number;
  /** Whether an array is all of these factors, and not a part. */
  whole(factors: Float32Array): boolean;
  /**
   * Rows of `[from, to)`, `MAX_ROWS` at most, whose score may be above `score`: every one that is, and a few that are not. The
   * array is overwritten by the next call. Undefined where single precision could mislead: at huge or infinite values.
   */
  near(user: Float32Array): ((from: number, to: number, score: number) => Uint32Array) | undefined;
}

/** Most rows of one call of `near`. */
export const MAX_ROWS = 4_096;

const PAGE_BYTES = 65_536;

/** Half of the largest number of single precision: below it no sum on the way overflows. */
const LARGEST = 1.7e38;

const placements = new WeakMap<ArrayBufferLike, Placement>();
const copies = new WeakMap<Float32Array, Float32Array>();
let compiled: object | undefined;

/**
 * A copy of factors that `topK` ranks several times as fast, with the same result. It takes as much memory again, and must not be written to. The
 * factors themselves are given back where the machine has no vector instructions, or no room.
 *
 * @param factors row-major, items x rank; not written to from now on, since the same copy is given each time
 */
export function placed(factors: Float32Array, rank: number): Float32Array {
  const known = copies.get(factors);
  if (known !== undefined) return known;
  const copy = place(factors, rank) ?? factors;
  copies.set(factors, copy).set(copy, copy);
  return copy;
}

/** How to rank factors fast; undefined where they were not placed. */
export function placementOf(factors: Float32Array): Placement | undefined {
  return placements.get(factors.buffer);
}

function place(factors: Float32Array, rank: number): Float32Array | undefined {
  if (webAssembly === undefined || factors.length === 0) return undefined;
  const bytes = Buffer.from(shortlistBase64, 'base64');
  if (compiled === undefined && !webAssembly.validate(bytes)) return undefined;
  compiled ??= new webAssembly.Module(bytes);
  // The module keeps the first bytes for itself.
  const user = 1_024;
  const out = user + 16 * Math.ceil(rank / 4);
  const rows = out + 4 * MAX_ROWS;
  const pages = Math.ceil((rows + factors.byteLength) / PAGE_BYTES);
  try {
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
    const { shortlist } = new webAssembly.Instance(compiled, { env: { memory } }).exports;
    const copy = new Float32Array(memory.buffer, rows, factors.length);
    copy.set(factors);
    placements.set(memory.buffer, placement(copy, shortlist, { rank, user, out, rows }, longestRow(factors, rank)));
    return copy;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Layout {
  readonly rank: number;
  /** Addresses. */
  readonly user: number;
  readonly out: number;
  readonly rows: number;
}

function placement(
  { buffer, length }: Float32Array,
  shortlist: ShortlistExports['shortlist'],
  { rank, user, out, rows }: Layout,
  longest: number,
): Placement {
  const userValues = new Float32Array(buffer, user, rank);
  const found = new Uint32Array(buffer, out, MAX_ROWS);
  return {
    rank,
    whole: (factors) => factors.byteOffset === rows && factors.length === length,
    near(values) {
      const reach = lengthOf(values, 0, rank) * longest;
      if (!(reach < LARGEST)) return undefined;
      // What summing in single precision, in any order, may be off by (Higham 2002, section 3.1), what rounding the exact sum adds, and what
      // falls below the smallest number: with a little on top for the bound's own rounding.
      const error = 1.01 * (rank + 3) * 2 ** -24 * reach + rank * 2 ** -148;
      userValues.set(values);
      return (from, to, score) => {
        const least = score - error - Math.abs(score) * 2 ** -22;
        return found.subarray(0, shortlist(user, rows, 4 * rank, from, to, least, out));
      };
    },
  };
}

/** The length of the longest row; rows with a NaN have none, since nothing ranks them. */
function longestRow(factors: Float32Array, rank: number): number {
  let longest = 0;
  for (let offset = 0; offset < factors.length; offset += rank) {
    const length = lengthOf(factors, offset, rank);
    if (length > longest) longest = length;
  }
  return longest;
}

function lengthOf(values: Float32Array, offset: number, rank: number): number {
  let sum = 0;
  for (let f = offset; f < offset + rank; f++) sum += (values[f] as number) ** 2;
  return Math.sqrt(sum);
}
