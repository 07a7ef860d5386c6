import { shortlistBase64 } from './shortlist-bytes.js';

/** A quantized index of factors: values of 8 bits that vector instructions read, a quarter of the memory. */
export interface Placement {
  readonly rank: number;
  /** The shortlist of one user, valid until the next call. Undefined where it could be wrong: for huge, tiny or infinite values. */
  near(user: Float32Array): Near | undefined;
}

/** Finds rows that may be on the list of one user. */
export interface Near {
  /** The rows that `find` found, ascending; the next call overwrites them. */
  readonly rows: Uint32Array;
  /**
   * Finds the rows of `[from, to)`, `MAX_ROWS` at most, whose score may be above `score`: all whose score is, and a few others. `from` is a
   * multiple of 4.
   *
   * @returns how many
   */
  find(from: number, to: number, score: number): number;
}

/** Most rows of one call of `near`. */
export const MAX_ROWS = 4_096;

const PAGE_BYTES = 65_536;

/** Below half of the largest number of single precision no partial sum overflows; above the smallest, no unit is lost. */
const [LEAST, LARGEST] = [1e-30, 1.7e38];

/** Values of a row go from -127 to 127; a user's as far as a sum of 32 bits allows, at most to 32,767. */
const ROW_UNITS = 127;
const USER_UNITS = 32_767;

/** Undefined where Node may not compile (`node --jitless`). */
const webAssembly = (globalThis as { WebAssembly?: Host }).WebAssembly;

const placements = new WeakMap<Float32Array, Placement>();
let compiled: object | undefined;

/**
 * Prepares factors so that `topK` ranks them several times as fast, with the same result; the preparation takes a little more than a quarter of
 * their memory. It does nothing where the machine has no vector instructions, or too little memory.
 *
 * @param factors row-major, items x rank; they must not change afterwards
 * @returns the same factors
 */
export function placed(factors: Float32Array, rank: number): Float32Array {
  if (placements.get(factors)?.rank !== rank) {
    const placement = place(factors, rank);
    if (placement) placements.set(factors, placement);
  }
  return factors;
}

/** The index of factors; undefined where they were not placed. */
export function placementOf(factors: Float32Array): Placement | undefined {
  return placements.get(factors);
}

function place(factors: Float32Array, rank: number): Placement | undefined {
  if (webAssembly === undefined || factors.length === 0) return undefined;
  const bytes = Buffer.from(shortlistBase64, 'base64');
  if (compiled === undefined && !webAssembly.validate(bytes)) return undefined;
  compiled ??= new webAssembly.Module(bytes);
  const stride = 16 * Math.ceil(rank / 16);
  // Rows are scored four at a time.
  const count = 4 * Math.ceil(factors.length / rank / 4);
  // The module keeps the first bytes for itself.
  const user = 1_024;
  const out = user + 2 * stride;
  const scales = out + 4 * MAX_ROWS;
  const rows = scales + 4 * count;
  const pages = Math.ceil((rows + count * stride) / PAGE_BYTES);
  try {
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
    const { shortlist } = new webAssembly.Instance(compiled, { env: { memory } }).exports;
    const { buffer } = memory;
    const to = { values: new Int8Array(buffer, rows, count * stride), scales: new Float32Array(buffer, scales, count) };
    quantise(factors, rank, stride, to);
    return placement(buffer, shortlist, { rank, stride, user, out, scales, rows });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Rows as whole multiples of a scale of their own. A row with a huge, tiny or infinite value gets an infinite scale, so that it is always on the shortlist. */
function quantise(
  factors: Float32Array,
  rank: number,
  stride: number,
  to: { readonly values: Int8Array; readonly scales: Float32Array },
): void {
  for (let row = 0, from = 0, at = 0; from < factors.length; row++, from += rank, at += stride) {
    const most = largest(factors, from, rank);
    const ordinary = most === 0 || (most >= LEAST && most < LARGEST);
    const scale = ordinary ? Math.fround(most / ROW_UNITS) : Infinity;
    to.scales[row] = scale;
    if (!ordinary || most === 0) continue;
    for (let f = 0; f < rank; f++) to.values[at + f] = Math.round((factors[from + f] as number) / scale);
  }
}

interface Layout {
  readonly rank: number;
  /** Values of a row with its padding. */
  readonly stride: number;
  /** Addresses. */
  readonly user: number;
  readonly out: number;
  readonly scales: number;
  readonly rows: number;
}

function placement(
  buffer: ArrayBuffer,
  shortlist: ShortlistExports['shortlist'],
  { rank, stride, user, out, scales, rows }: Layout,
): Placement {
  const userValues = new Int16Array(buffer, user, rank);
  const found = new Uint32Array(buffer, out, MAX_ROWS);
  const userUnits = Math.min(USER_UNITS, Math.floor((2 ** 31 - 1) / (ROW_UNITS * rank)));
  return {
    rank,
    near(values) {
      const most = largest(values, 0, rank);
      let sum = 0;
      for (let f = 0; f < rank; f++) sum += Math.abs(values[f] as number);
      if (!(most >= LEAST && sum < LARGEST)) return undefined;
      const unit = most / userUnits;
      for (let f = 0; f < rank; f++) userValues[f] = Math.round((values[f] as number) / unit);
      // In units of a row's scale: half a unit of the row at each value of the user, half a unit of the user at each of the row, and the
      // rounding of single precision.
      const error = 1.001 * (sum / 2 + (unit / 2 + most * 2 ** -21) * ROW_UNITS * rank);
      return {
        rows: found,
        find(from, to, score) {
          const least = score - Math.abs(score) * 2 ** -21;
          return shortlist(user, rows, scales, stride, from, to, unit, error, least, out);
        },
      };
    },
  };
}

/** The largest absolute value of a row; NaN where one is NaN. */
function largest(values: Float32Array, offset: number, rank: number): number {
  let most = 0;
  for (let f = offset; f < offset + rank; f++) most = Math.max(most, Math.abs(values[f] as number));
  return most;
}

/** What the compiled module exports; see assembly/shortlist.ts. */
interface ShortlistExports {
  shortlist(
    user: number,
    rows: number,
    scales: number,
    stride: number,
    from: number,
    to: number,
    unit: number,
    error: number,
    threshold: number,
    out: number,
  ): number;
}

/** A memory that does not grow, so that its buffer stays the same. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of WebAssembly that is used here: TypeScript declares it with the browser's library only. */
interface Host {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: ShortlistExports };
}
