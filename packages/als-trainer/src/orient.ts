import { coded, hasOwn, heapSpace, ones, weightAt, weightCoder } from './csr.js';
import type { Csr, Orientations, PairRoom, PairSpace, Weights } from './csr.js';
import type { Interactions } from './interactions.js';

/** Where each row begins when pairs are sorted by `rows`, and where the last one ends. */
function countRows(rows: Uint32Array, rowCount: number): Uint32Array {
  const offsets = new Uint32Array(rowCount + 1);
  // Counted by index: a `for of` is slow until it is compiled, which takes half a second here.
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] as number;
    offsets[row + 1] = (offsets[row + 1] as number) + 1;
  }
  let sum = 0;
  for (let r = 1; r <= rowCount; r++) offsets[r] = sum += offsets[r] as number;
  return offsets;
}

/** What moves with a pair to its new place: its code, its own weight, or nothing where all weights are the same. */
function carried(weights: Weights, pairs: number, room: PairRoom) {
  const { values, codes } = weights;
  if (codes) {
    const to = room.codes.subarray(0, pairs);
    return { from: codes, to, weights: { values, codes: to } };
  }
  if (!hasOwn(weights)) return undefined;
  const to = new Float32Array(pairs);
  return { from: values, to, weights: { values: to } };
}

type Carried = ReturnType<typeof carried>;

/** Bits of the numbers 0 to `count - 1`. */
const bitsOf = (count: number): number => 32 - Math.clz32(Math.max(0, count - 1));

/**
 * Rows in blocks. Pairs are sorted into blocks first and then within each block, since a counting sort directly into many rows waits for
 * memory at nearly every pair. Between the two sorts a pair is one word: its row within the block, and its column.
 */
interface Blocks {
  /** A block has 2 ** rowBits rows: there are at most 256, or as many as let a pair fit into a word. */
  readonly rowBits: number;
  readonly columnBits: number;
  /** Where the next pair of each block goes. */
  readonly next: Uint32Array;
}

function blocksOf(offsets: Uint32Array, columnCount: number): Blocks {
  const rowCount = offsets.length - 1;
  const columnBits = bitsOf(columnCount);
  const rowBits = Math.max(0, Math.min(32 - columnBits, bitsOf(rowCount) - 8));
  const next = Uint32Array.from(
    { length: Math.ceil(rowCount / 2 ** rowBits) },
    (_, b) => offsets[b * 2 ** rowBits] as number,
  );
  return { rowBits, columnBits, next };
}

/** Sorts the pairs within each block by row, in place; those of a row keep their order. */
function sortBlocks({ rowBits, columnBits }: Blocks, offsets: Uint32Array, columns: Uint32Array, carry: Carried): void {
  if (rowBits === 0) return;
  const rowCount = offsets.length - 1;
  const next = offsets.slice(0, rowCount);
  const columnMask = 2 ** columnBits - 1;
  for (let first = 0; first < rowCount; first += 2 ** rowBits) {
    const begin = offsets[first] as number;
    const end = offsets[Math.min(rowCount, first + 2 ** rowBits)] as number;
    const words = new Uint32Array(columns.subarray(begin, end));
    const weights = carry?.to.slice(begin, end);
    for (let k = 0; k < words.length; k++) {
      const word = words[k] as number;
      const row = first + (word >>> columnBits);
      const slot = next[row] as number;
      next[row] = slot + 1;
      columns[slot] = word & columnMask;
      if (carry && weights) carry.to[slot] = weights[k] as number;
    }
  }
}

/** Pairs grouped by item, users in the order of the input. */
function groupByItem({ users, items, weights, userCount, itemCount }: Interactions, room: PairRoom): Csr {
  const offsets = countRows(items, itemCount);
  const columns = room.columns.subarray(0, users.length);
  const given = weights ? coded(weights) : ones;
  const carry = carried(given, users.length, room);
  const blocks = blocksOf(offsets, userCount);
  const { rowBits, columnBits, next } = blocks;
  const rowMask = 2 ** rowBits - 1;
  for (let k = 0; k < users.length; k++) {
    const item = items[k] as number;
    const block = item >>> rowBits;
    const slot = next[block] as number;
    next[block] = slot + 1;
    columns[slot] = ((item & rowMask) << columnBits) | (users[k] as number);
    if (carry) carry.to[slot] = carry.from[k] as number;
  }
  sortBlocks(blocks, offsets, columns, carry);
  return { rowCount: itemCount, columnCount: userCount, offsets, columns, weights: carry?.weights ?? given };
}

/** The same pairs by column. Since rows are visited in order, the new columns come out ascending: a stable counting sort. */
export function transpose(csr: Csr, room: PairRoom): Csr {
  const { rowCount, columnCount, offsets: from, columns: of } = csr;
  const offsets = countRows(of, columnCount);
  const columns = room.columns.subarray(0, of.length);
  const carry = carried(csr.weights, of.length, room);
  const blocks = blocksOf(offsets, rowCount);
  const { rowBits, columnBits, next } = blocks;
  const rowMask = 2 ** rowBits - 1;
  for (let r = 0; r < rowCount; r++) {
    const end = from[r + 1] as number;
    for (let k = from[r] as number; k < end; k++) {
      const column = of[k] as number;
      const block = column >>> rowBits;
      const slot = next[block] as number;
      next[block] = slot + 1;
      columns[slot] = ((column & rowMask) << columnBits) | r;
      if (carry) carry.to[slot] = carry.from[k] as number;
    }
  }
  sortBlocks(blocks, offsets, columns, carry);
  return { rowCount: columnCount, columnCount: rowCount, offsets, columns, weights: carry?.weights ?? csr.weights };
}

/** Sum of the weights of entries `from` to `to`; it does not depend on the order of the input: the sum of two is the same either way, more are sorted first. */
function sumOfEntries(weights: Weights, from: number, to: number): number {
  if (to - from <= 2) return weightAt(weights, from) + (to - from === 2 ? weightAt(weights, from + 1) : 0);
  const entries = new Float32Array(to - from);
  for (let k = from; k < to; k++) entries[k - from] = weightAt(weights, k);
  return entries.sort().reduce((sum, weight) => sum + weight, 0);
}

/** An array for `length` weights, the first `count` of them decoded. */
function decoded(values: Float32Array, codes: Uint8Array, count: number, length: number): Float32Array {
  const weights = new Float32Array(length);
  for (let k = 0; k < count; k++) weights[k] = values[codes[k] as number] as number;
  return weights;
}

/** Writes weights one after the other, as codes while 256 are enough. It may write over `given`, since it reads ahead of what it writes. */
function weightWriter(given: Weights, entries: number, codes: Uint8Array) {
  const coder = weightCoder();
  /** New code of each given code, once it was written. */
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
    /** Writes the sum of entries `from` to `to`, unless it is zero and zeros are dropped. Returns whether it wrote. */
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
function joinRepeats(csr: Csr, keepZeros: boolean, { codes }: PairRoom): Csr {
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

/**
 * Both orientations of checked interactions by three counting passes: by item, by user (which sorts), by item again (which sorts).
 * Time grows with pairs + users + items, since no pairs are compared. The result does not depend on the order of the input.
 *
 * @param keepZeros whether a pair whose weights sum to zero stays (a rating of 0) or goes (no evidence).
 * @param space memory for the pairs; the first pass uses the items' part of it.
 */
export function orient(
  interactions: Interactions,
  keepZeros: boolean,
  space: PairSpace = heapSpace(interactions.users.length),
): Orientations {
  const sorted = transpose(groupByItem(interactions, space.byItem), space.byUser);
  const byUser = joinRepeats(sorted, keepZeros, space.byUser);
  return { byUser, byItem: transpose(byUser, space.byItem), space };
}
