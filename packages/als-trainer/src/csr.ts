import type { Interactions } from './interactions.js';

/**
 * A sparse matrix by rows (compressed sparse rows): row r's pairs are `offsets[r] .. offsets[r + 1]`, columns ascending, no pair twice.
 */
export interface Csr {
  readonly rowCount: number;
  readonly columnCount: number;
  /** `rowCount + 1` long. */
  readonly offsets: Uint32Array;
  readonly columns: Uint32Array;
  readonly weights: Float32Array;
}

/** Both orientations of the same pairs. */
export interface Orientations {
  readonly byUser: Csr;
  readonly byItem: Csr;
}

/** Offsets of the rows when `rows` are counted; one slot more than there are rows. */
function countRows(rows: Uint32Array, rowCount: number): Uint32Array {
  const offsets = new Uint32Array(rowCount + 1);
  for (const row of rows) offsets[row + 1] = (offsets[row + 1] as number) + 1;
  let sum = 0;
  for (let r = 1; r <= rowCount; r++) offsets[r] = sum += offsets[r] as number;
  return offsets;
}

/** A matrix whose weights, where it has none, are all 1. */
type Grouped = Omit<Csr, 'weights'> & { readonly weights?: Float32Array };

/** Pairs grouped by item, users in the order of the input. */
function groupByItem({ users, items, weights, userCount, itemCount }: Interactions): Grouped {
  const offsets = countRows(items, itemCount);
  const next = offsets.slice(0, itemCount);
  const columns = new Uint32Array(users.length);
  const values = weights && new Float32Array(users.length);
  for (let k = 0; k < users.length; k++) {
    const item = items[k] as number;
    const slot = next[item] as number;
    next[item] = slot + 1;
    columns[slot] = users[k] as number;
    if (values) values[slot] = weights[k] as number;
  }
  return { rowCount: itemCount, columnCount: userCount, offsets, columns, ...(values && { weights: values }) };
}

/** The same pairs by column. Since rows are visited in order, the new columns come out ascending: a stable counting sort. */
export function transpose<C extends Grouped>({
  rowCount,
  columnCount,
  offsets: from,
  columns: of,
  weights: given,
}: C): C {
  const offsets = countRows(of, columnCount);
  const next = offsets.slice(0, columnCount);
  const columns = new Uint32Array(of.length);
  const weights = given && new Float32Array(of.length);
  for (let r = 0; r < rowCount; r++) {
    const end = from[r + 1] as number;
    for (let k = from[r] as number; k < end; k++) {
      const column = of[k] as number;
      const slot = next[column] as number;
      next[column] = slot + 1;
      columns[slot] = r;
      if (weights) weights[slot] = given[k] as number;
    }
  }
  return { rowCount: columnCount, columnCount: rowCount, offsets, columns, ...(weights && { weights }) } as C;
}

/** Sum that does not depend on the order in which repeats were given: two commute, more are sorted first. */
function sumOfRepeats(weights: Float32Array): number {
  let sum = 0;
  for (const weight of weights.length > 2 ? weights.sort() : weights) sum += weight;
  return sum;
}

/** Joins the repeats of a pair (adjacent, since columns ascend) in place, dropping pairs that sum to zero unless `keepZeros`. */
function joinRepeats(csr: Grouped, keepZeros: boolean): Csr {
  const { rowCount, offsets, columns } = csr;
  const weights = csr.weights ?? new Float32Array(columns.length).fill(1);
  const joined = new Uint32Array(rowCount + 1);
  let kept = 0;
  for (let r = 0; r < rowCount; r++) {
    const end = offsets[r + 1] as number;
    for (let k = offsets[r] as number; k < end;) {
      const first = k++;
      while (k < end && columns[k] === columns[first]) k++;
      const weight = k - first === 1 ? (weights[first] as number) : sumOfRepeats(weights.subarray(first, k));
      if (weight === 0 && !keepZeros) continue;
      columns[kept] = columns[first] as number;
      weights[kept++] = weight;
    }
    joined[r + 1] = kept;
  }
  return { ...csr, offsets: joined, columns: columns.subarray(0, kept), weights: weights.subarray(0, kept) };
}

/**
 * Both orientations of checked interactions by three counting passes: by item, by user (which sorts), by item again (which sorts).
 * Time grows with pairs + users + items; nothing is compared. The result does not depend on the order of the input.
 *
 * @param keepZeros whether a pair whose weights sum to zero stays (a rating of 0) or goes (no evidence).
 */
export function orient(interactions: Interactions, keepZeros: boolean): Orientations {
  const byUser = joinRepeats(transpose(groupByItem(interactions)), keepZeros);
  return { byUser, byItem: transpose(byUser) };
}
