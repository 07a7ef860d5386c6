import type { Interactions } from './interactions.js';
import { heapSpace } from './pair-space.js';
import type { PairRoom, PairSpace } from './pair-space.js';
import { coded, hasOwn, ones, weightAt, weightCoder } from './weights.js';
import type { Weights } from './weights.js';

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

/** Both orientations of the same pairs, and the room that they were put into. */
export interface Orientations {
  readonly byUser: Csr;
  readonly byItem: Csr;
  readonly space?: PairSpace;
}

/** Offsets of the rows when `rows` are counted; one slot more than there are rows. */
function countRows(rows: Uint32Array, rowCount: number): Uint32Array {
  const offsets = new Uint32Array(rowCount + 1);
  for (const row of rows) offsets[row + 1] = (offsets[row + 1] as number) + 1;
  let sum = 0;
  for (let r = 1; r <= rowCount; r++) offsets[r] = sum += offsets[r] as number;
  return offsets;
}

/** What goes along with a pair to its new place: its code, its weight, or nothing where all are alike. */
function carried({ values, codes }: Weights, pairs: number, room: PairRoom) {
  if (codes) {
    const to = room.codes.subarray(0, pairs);
    return { from: codes, to, weights: { values, codes: to } };
  }
  if (!hasOwn({ values })) return undefined;
  const to = new Float32Array(pairs);
  return { from: values, to, weights: { values: to } };
}

/** Pairs grouped by item, users in the order of the input. */
function groupByItem({ users, items, weights, userCount, itemCount }: Interactions, room: PairRoom): Csr {
  const offsets = countRows(items, itemCount);
  const next = offsets.slice(0, itemCount);
  const columns = room.columns.subarray(0, users.length);
  const given = weights ? coded(weights) : ones;
  const carry = carried(given, users.length, room);
  for (let k = 0; k < users.length; k++) {
    const item = items[k] as number;
    const slot = next[item] as number;
    next[item] = slot + 1;
    columns[slot] = users[k] as number;
    if (carry) carry.to[slot] = carry.from[k] as number;
  }
  return { rowCount: itemCount, columnCount: userCount, offsets, columns, weights: carry?.weights ?? given };
}

/** The same pairs by column. Since rows are visited in order, the new columns come out ascending: a stable counting sort. */
export function transpose(csr: Csr, room: PairRoom): Csr {
  const { rowCount, columnCount, offsets: from, columns: of } = csr;
  const offsets = countRows(of, columnCount);
  const next = offsets.slice(0, columnCount);
  const columns = room.columns.subarray(0, of.length);
  const carry = carried(csr.weights, of.length, room);
  for (let r = 0; r < rowCount; r++) {
    const end = from[r + 1] as number;
    for (let k = from[r] as number; k < end; k++) {
      const column = of[k] as number;
      const slot = next[column] as number;
      next[column] = slot + 1;
      columns[slot] = r;
      if (carry) carry.to[slot] = carry.from[k] as number;
    }
  }
  return { rowCount: columnCount, columnCount: rowCount, offsets, columns, weights: carry?.weights ?? csr.weights };
}

/** Sum of the weights of pairs `from` to `to`, in an order that does not depend on the one in which repeats were given: two commute, more are sorted. */
function sumOfRepeats(weights: Weights, from: number, to: number): number {
  const repeats = Float32Array.from({ length: to - from }, (_, k) => weightAt(weights, from + k));
  let sum = 0;
  for (const weight of repeats.length > 2 ? repeats.sort() : repeats) sum += weight;
  return sum;
}

/** Writes weights one after the other, by code as long as 256 do; `given` is read ahead of what is written, and may be written over. */
function weightWriter(given: Weights, pairs: number, codes: Uint8Array) {
  const coder = weightCoder();
  let own = hasOwn(given) ? given.values : undefined;
  return {
    put(pair: number, weight: number) {
      const code = own ? -1 : coder.codeOf(weight);
      if (code >= 0) {
        codes[pair] = code;
        return;
      }
      if (!own) {
        const values = coder.values();
        own = new Float32Array(pairs);
        for (let k = 0; k < pair; k++) own[k] = values[codes[k] as number] as number;
      }
      own[pair] = weight;
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
  const { rowCount, offsets, columns, weights: given } = csr;
  const writer = weightWriter(given, columns.length, codes);
  const joined = new Uint32Array(rowCount + 1);
  let kept = 0;
  for (let r = 0; r < rowCount; r++) {
    const end = offsets[r + 1] as number;
    for (let k = offsets[r] as number; k < end;) {
      const first = k++;
      while (k < end && columns[k] === columns[first]) k++;
      const weight = k - first === 1 ? weightAt(given, first) : sumOfRepeats(given, first, k);
      if (weight === 0 && !keepZeros) continue;
      columns[kept] = columns[first] as number;
      writer.put(kept++, weight);
    }
    joined[r + 1] = kept;
  }
  return { ...csr, offsets: joined, columns: columns.subarray(0, kept), weights: writer.weights(kept) };
}

/**
 * Both orientations of checked interactions by three counting passes: by item, by user (which sorts), by item again (which sorts).
 * Time grows with pairs + users + items; nothing is compared. The result does not depend on the order of the input.
 *
 * @param keepZeros whether a pair whose weights sum to zero stays (a rating of 0) or goes (no evidence).
 * @param space where the pairs go; the first pass borrows the items' part of it.
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
