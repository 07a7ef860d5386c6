import { gramianSlices } from '../ranges.js';

/** Bytes that a WebAssembly memory can address. */
export const addressableBytes = 2 ** 32;

/** Bytes of one page of such a memory. */
export const pageBytes = 65536;

/** Bytes of held rows that are copied side by side before they are used: they stay in the second-level cache. */
const panelBytes = 256 * 1024;

/** What the bytes of a training depend on. */
export interface TrainingShape {
  readonly rank: number;
  readonly cholesky: boolean;
  readonly threads: number;
  readonly userCount: number;
  readonly itemCount: number;
  readonly pairCount: number;
  /** Bytes of a pair's weight: 1 where there are at most 256 different weights, else 4. */
  readonly weightBytes: 1 | 4;
  /** Pairs of the user or item that has most. */
  readonly longestRow: number;
  /** Row ranges of each side. */
  readonly ranges: { readonly users: number; readonly items: number };
}

/** Addresses of one side's data. */
export interface SideAddresses {
  readonly step: number;
  readonly offsets: number;
  readonly columns: number;
  readonly weights: number;
  /** Terms of each different weight. */
  readonly terms: number;
  readonly factors: number;
  readonly ridges: number;
  /** Bounds of the row ranges, and two double-precision sums a range. */
  readonly ranges: number;
  readonly sums: number;
  /** Bounds of the slices of the Gramian. */
  readonly slices: number;
}

/** Where everything of a training lies in one memory. */
export interface MemoryPlan {
  /** Bytes of a row of factors: `rank` numbers, padded to a multiple of 32 bytes. */
  readonly stride: number;
  /** Held rows that are copied side by side; a multiple of 8. */
  readonly panelRows: number;
  /** Pairs that a scratch area holds the terms of; a multiple of 8. */
  readonly longestRow: number;
  readonly job: number;
  /** The weighted Gramian, in single and, for Cholesky, in double precision. */
  readonly base: number;
  readonly preciseBase: number;
  readonly slices: number;
  /** One area a thread. */
  readonly scratch: readonly number[];
  readonly users: SideAddresses;
  readonly items: SideAddresses;
  readonly bytes: number;
}

const upTo = (multiple: number, value: number): number => Math.ceil(value / multiple) * multiple;

/** Bytes of the scratch area of one thread. */
function scratchBytes(cholesky: boolean, stride: number, longestRow: number, panelRows: number): number {
  const width = stride / 4;
  const widened = 2 * 32 * 8 * width;
  if (cholesky) return 3 * 4 * longestRow + 8 * width * width + 8 * width + widened;
  return Math.max(widened, 3 * stride + 5 * 4 * longestRow + panelRows * stride);
}

/** Lays a training out in one memory; `bytes` may be more than a memory can have. Pure. */
export function planMemory(shape: TrainingShape): MemoryPlan {
  const { rank, cholesky, threads, pairCount, weightBytes, ranges } = shape;
  const stride = upTo(32, 4 * rank);
  const width = stride / 4;
  const longestRow = upTo(8, shape.longestRow);
  const panelRows = Math.max(8, Math.min(longestRow, upTo(8, panelBytes / stride)));
  let end = 64;
  const take = (bytes: number): number => {
    const at = end;
    // A cache line of its own for each area, so that threads do not write to the same one.
    end += upTo(64, bytes);
    return at;
  };
  const side = (rows: number, rangeCount: number): SideAddresses => ({
    step: take(128),
    offsets: take(4 * (rows + 1)),
    columns: take(4 * pairCount),
    weights: take(weightBytes * pairCount),
    terms: take(12 * 256),
    factors: take(stride * rows),
    ridges: take(4 * rows),
    ranges: take(4 * (rangeCount + 1)),
    sums: take(16 * rangeCount),
    slices: take(4 * (gramianSlices + 1)),
  });
  const plan = {
    stride,
    panelRows,
    longestRow,
    job: take(64),
    base: take(stride * width),
    preciseBase: cholesky ? take(2 * stride * width) : 0,
    slices: take(gramianSlices * 2 * stride * width),
    scratch: Array.from({ length: threads }, () => take(scratchBytes(cholesky, stride, longestRow, panelRows))),
    users: side(shape.userCount, ranges.users),
    items: side(shape.itemCount, ranges.items),
  };
  return { ...plan, bytes: end };
}
