import type { IndexedVisits } from './indexed-visits.js';

/** Pairs by row: row r's columns are `columns[offsets[r] .. offsets[r + 1])`, ascending, none twice, each with its number of visits. */
export interface Pairs {
  readonly offsets: Uint32Array;
  readonly columns: Uint32Array;
  readonly counts: Uint32Array;
}

/** The attractions of each user. */
export const pairsByUser = ({ interactions: { userCount, itemCount, users, items } }: IndexedVisits): Pairs =>
  pairsOf(users, userCount, items, itemCount);

/**
 * The attractions that each user liked: those whose visits weigh more than 0 in sum.
 *
 * @param weights one per visit; default: 1 each, so that all are liked
 */
export function likedByUser(index: IndexedVisits, weights?: Float32Array): Pairs {
  const pairs = pairsByUser(index);
  if (weights === undefined) return pairs;
  const { userCount, itemCount, users, items } = index.interactions;
  // Sums of single-precision numbers in double precision are exact, so the order of the visits makes no difference.
  const sums = new Float64Array(pairs.columns.length);
  const order = orderedBy(users, userCount, orderedBy(items, itemCount));
  for (let pair = 0, n = 0; pair < sums.length; pair++)
    for (const end = n + (pairs.counts[pair] as number); n < end; n++)
      (sums[pair] as number) += weights[order[n] as number] as number;
  const isLiked = (_: number, pair: number): boolean => (sums[pair] as number) > 0;
  const offsets = new Uint32Array(pairs.offsets.length);
  for (let user = 0; user < userCount; user++) {
    let kept = offsets[user] as number;
    for (let pair = pairs.offsets[user] as number; pair < (pairs.offsets[user + 1] as number); pair++)
      if ((sums[pair] as number) > 0) kept++;
    offsets[user + 1] = kept;
  }
  return { offsets, columns: pairs.columns.filter(isLiked), counts: pairs.counts.filter(isLiked) };
}

/** The users of each attraction. */
export const pairsByItem = ({ interactions: { userCount, itemCount, users, items } }: IndexedVisits): Pairs =>
  pairsOf(items, itemCount, users, userCount);

/** Sorts by column, then by row, both by counting, and joins equal pairs. */
function pairsOf(rows: Uint32Array, rowCount: number, columns: Uint32Array, columnCount: number): Pairs {
  const order = orderedBy(rows, rowCount, orderedBy(columns, columnCount));
  const offsets = new Uint32Array(rowCount + 1);
  const joined = { columns: new Uint32Array(rows.length), counts: new Uint32Array(rows.length) };
  let length = 0;
  for (let n = 0, last = -1; n < order.length; n++) {
    const visit = order[n] as number;
    const [row, column] = [rows[visit] as number, columns[visit] as number];
    if (row !== last || joined.columns[length - 1] !== column) joined.columns[length++] = column;
    (joined.counts[length - 1] as number) += 1;
    offsets[row + 1] = length;
    last = row;
  }
  for (let row = 1; row <= rowCount; row++) offsets[row] = Math.max(offsets[row] as number, offsets[row - 1] as number);
  return { offsets, columns: joined.columns.slice(0, length), counts: joined.counts.slice(0, length) };
}

/**
 * Indices by rising value, those of equal values in the order given: a counting sort, linear in both numbers.
 *
 * @param count above every value
 * @param order default: ascending indices
 */
export function orderedBy(values: Uint32Array | Uint16Array, count: number, order?: Uint32Array): Uint32Array {
  const next = new Uint32Array(count + 1);
  for (let n = 0; n < values.length; n++) (next[(values[n] as number) + 1] as number) += 1;
  for (let value = 1; value <= count; value++) (next[value] as number) += next[value - 1] as number;
  const found = new Uint32Array(values.length);
  for (let n = 0; n < values.length; n++) {
    const place = order === undefined ? n : (order[n] as number);
    const value = values[place] as number;
    const at = next[value] as number;
    next[value] = at + 1;
    found[at] = place;
  }
  return found;
}
