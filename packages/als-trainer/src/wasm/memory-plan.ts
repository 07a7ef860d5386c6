import { GRAMIAN_SLICES } from '@attractions/models/als';

/** Bytes that a WebAssembly memory can address. */
export const ADDRESSABLE_BYTES = 2 ** 32;

/** Bytes of one page of such a memory. */
export const PAGE_BYTES = 65536;

/** Bytes of fixed rows that are copied side by side before they are used: they stay in the second-level cache. */
const PANEL_BYTES = 256 * 1024;

/** What the size of a training depends on. */
export interface TrainingShape {
  readonly rank: number;
  readonly cholesky: boolean;
  readonly threads: number;
  readonly userCount: number;
  readonly itemCount: number;
  /** Entries as given, before repeats are joined; memory is taken for these. */
  readonly entryCount: number;
  readonly pairCount: number;
  /** Whether there are more than 256 different weights: then each pair has its own. */
  readonly ownWeights: boolean;
  /** Pairs of the user or item that has the most. */
  readonly longestRow: number;
  /** Row ranges of each side. */
  readonly ranges: { readonly users: number; readonly items: number };
}

/** Addresses of one side's data. */
export interface SideAddresses {
  readonly step: number;
  readonly offsets: number;
  readonly columns: number;
  readonly codes: number;
  /** 0 where weights are codes, or all the same. */
  readonly weights: number;
  /** Terms of each different weight. */
  readonly terms: number;
  readonly factors: number;
  readonly ridges: number;
  /** Bounds of the row ranges, and two double-precision sums per range. */
  readonly ranges: number;
  readonly sums: number;
  /** Bounds of the slices of the Gramian. */
  readonly slices: number;
}

/** Where everything of a training lies in one memory. */
export interface MemoryPlan {
  /** Bytes of a row of factors: `rank` numbers, padded to a multiple of 32 bytes. */
  readonly stride: number;
  /** Fixed rows that are copied side by side; a multiple of 8. */
  readonly panelRows: number;
  /** Pairs whose terms fit into a scratch area; a multiple of 8. */
  readonly longestRow: number;
  readonly job: number;
  /** The weighted Gramian, in single and, for Cholesky, in double precision. */
  readonly base: number;
  readonly preciseBase: number;
  readonly slices: number;
  /** One area per thread. */
  readonly scratch: readonly number[];
  readonly users: SideAddresses;
  readonly items: SideAddresses;
  readonly bytes: number;
}

/** Addresses of the pairs of one side. */
export type PairAddresses = Pick<SideAddresses, 'columns' | 'codes'>;

/** Address of the first area: 0 stays unused. */
const FIRST_ADDRESS = 64;

const upTo = (multiple: number, value: number): number => Math.ceil(value / multiple) * multiple;

/** Bytes of the scratch area of one thread. */
function scratchBytes(cholesky: boolean, stride: number, longestRow: number, panelRows: number): number {
  const width = stride / 4;
  const widened = 2 * 32 * 8 * width;
  if (cholesky) return 3 * 4 * longestRow + 8 * width * width + 8 * width + widened;
  return Math.max(widened, 3 * stride + 5 * 4 * longestRow + panelRows * stride);
}

/** Each area begins on a cache line of its own, so that threads do not write to the same one. */
function areasFrom(address: number) {
  let end = address;
  return {
    take(bytes: number): number {
      const at = end;
      end += upTo(64, bytes);
      return at;
    },
    end: () => end,
  };
}

/** Lays out the pairs, which come first, since they need memory before the rest is known. Pure. */
export function planPairs(entryCount: number): { users: PairAddresses; items: PairAddresses; end: number } {
  const { take, end } = areasFrom(FIRST_ADDRESS);
  const side = (): PairAddresses => ({ columns: take(4 * entryCount), codes: take(entryCount) });
  return { users: side(), items: side(), end: end() };
}

/** Lays out a training in one memory; `bytes` may be more than a memory can have. Pure. */
export function planMemory(shape: TrainingShape): MemoryPlan {
  const { rank, cholesky, threads, entryCount, pairCount, ownWeights, ranges } = shape;
  const stride = upTo(32, 4 * rank);
  const width = stride / 4;
  const longestRow = upTo(8, shape.longestRow);
  const panelRows = Math.max(8, Math.min(longestRow, upTo(8, PANEL_BYTES / stride)));
  const pairs = planPairs(entryCount);
  const { take, end } = areasFrom(pairs.end);
  const side = (of: PairAddresses, rows: number, rangeCount: number): SideAddresses => ({
    ...of,
    step: take(128),
    offsets: take(4 * (rows + 1)),
    weights: ownWeights ? take(4 * pairCount) : 0,
    terms: take(12 * 256),
    factors: take(stride * rows),
    ridges: take(4 * rows),
    ranges: take(4 * (rangeCount + 1)),
    sums: take(16 * rangeCount),
    slices: take(4 * (GRAMIAN_SLICES + 1)),
  });
  const plan = {
    stride,
    panelRows,
    longestRow,
    job: take(64),
    base: take(stride * width),
    preciseBase: cholesky ? take(2 * stride * width) : 0,
    slices: take(GRAMIAN_SLICES * 2 * stride * width),
    scratch: Array.from({ length: threads }, () => take(scratchBytes(cholesky, stride, longestRow, panelRows))),
    users: side(pairs.users, shape.userCount, ranges.users),
    items: side(pairs.items, shape.itemCount, ranges.items),
  };
  return { ...plan, bytes: end() };
}
