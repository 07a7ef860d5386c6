import type { AlsGeneration } from '@attractions/contracts';
import type { Data, RecordBatch, Timestamp } from 'apache-arrow';
import { IdIndex } from './id-index.js';

/** The last visit of each user of a model. */
export interface LastVisits {
  /** The item of each user; -1 where no visit is known. */
  readonly items: Int32Array;
  /** When, on the clock of the park: milliseconds since 1970. */
  readonly times: Float64Array;
}

/** What the visits say about each user of a model. */
export interface VisitSummary {
  /** How often, for each entry of the seen sets, in their order; 1 where no visit is known. */
  readonly visitCounts: Uint32Array;
  /** How much they weigh in sum, where visits have weights. */
  readonly weights?: Float32Array;
  readonly lastVisits: LastVisits;
}

/** Counts visits as they come. */
interface VisitCounter {
  /** Takes the row of the user, the item, the time and the weight (default: 1) of each visit; those of a user or an item below zero do not count. */
  add(users: ArrayLike<number>, items: ArrayLike<number>, times: Float64Array, weights?: ArrayLike<number>): void;
  /** The result, which does not depend on the order of the visits: of equal times the greater item is the last visit. */
  done(): VisitSummary;
}

/** A visit without an entry in the seen sets is not counted, but it may be the last visit of a user. */
export function visitCounter({ offsets, items }: AlsGeneration['seen']): VisitCounter {
  const visitCounts = new Uint32Array(items.length);
  // How far the sums are from the counts: sums of single-precision numbers in double precision, so that their order makes no difference.
  let beyond: Float64Array | undefined;
  const users = offsets.length - 1;
  const last = { items: new Int32Array(users).fill(-1), times: new Float64Array(users).fill(-Infinity) };

  const count = (user: number, item: number, weight: number): void => {
    const end = offsets[user + 1] as number;
    let [low, high] = [offsets[user] as number, end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((items[middle] as number) < item) low = middle + 1;
      else high = middle;
    }
    if (low >= end || items[low] !== item) return;
    (visitCounts[low] as number) += 1;
    if (weight !== 1) ((beyond ??= new Float64Array(items.length))[low] as number) += weight - 1;
  };

  return {
    add(userRows, itemRows, times, weights) {
      for (let row = 0; row < times.length; row++) {
        const user = userRows[row] as number;
        const item = itemRows[row] as number;
        if (user < 0 || item < 0) continue;
        count(user, item, weights ? (weights[row] as number) : 1);
        const time = times[row] as number;
        const lastTime = last.times[user] as number;
        if (time < lastTime || (time === lastTime && item < (last.items[user] as number))) continue;
        last.items[user] = item;
        last.times[user] = time;
      }
    },
    done: () => ({
      visitCounts: visitCounts.map((visits) => Math.max(1, visits)),
      ...(beyond && {
        weights: Float32Array.from(beyond, (more, n) => Math.max(1, visitCounts[n] as number) + more),
      }),
      lastVisits: last,
    }),
  };
}

/**
 * Reads batches of `etl/visits`, columns plain or by dictionary, without an object or a string for each row. A visit of a user or to an attraction
 * that the model does not know does not count.
 *
 * @param attractionIds of the items, in their order
 */
export function visitReader(
  seen: AlsGeneration['seen'],
  users: IdIndex,
  attractionIds: readonly string[],
): { add(batch: RecordBatch): void; done(): VisitSummary } {
  const attractions = IdIndex.of(attractionIds);
  const counter = visitCounter(seen);
  return {
    add: (batch) =>
      counter.add(
        rowsIn(batch, 'user_id', users),
        rowsIn(batch, 'attraction_id', attractions),
        timesOf(batch),
        weightsOf(batch),
      ),
    done: counter.done,
  };
}

/** Arrow's number for the type, written out: nothing else here needs Arrow itself. */
const DICTIONARY = -1;

/** The row of each text of a column; -1 where it has none. */
function rowsIn(batch: RecordBatch, column: string, ids: IdIndex): Int32Array {
  const vector = batch.getChild(column);
  const data: Data | undefined = vector?.data[0];
  if (data === undefined) return new Int32Array(batch.numRows).fill(-1);
  if (data.type.typeId === DICTIONARY) {
    const words = Array.from(data.dictionary ?? [], (word: string | null) => rowOf(ids, word));
    return Int32Array.from(data.values, (word: number | bigint) => words[Number(word)] ?? -1);
  }
  const { values, valueOffsets } = data;
  if (!(valueOffsets instanceof Int32Array)) return Int32Array.from(vector ?? [], (id) => rowOf(ids, id));
  const rows = new Int32Array(batch.numRows);
  for (let row = 0; row < rows.length; row++)
    rows[row] = ids.ofUtf8(values, valueOffsets[row] as number, valueOffsets[row + 1] as number);
  return rows;
}

/** What each visit weighs, 1 where nothing is said; undefined without the column. */
function weightsOf(batch: RecordBatch): Float32Array | undefined {
  const column = batch.getChild('weight');
  return column === null ? undefined : Float32Array.from(column, (weight: number | null) => weight ?? 1);
}

const rowOf = (ids: IdIndex, id: string | null): number => (id === null ? undefined : ids.get(id)) ?? -1;

/** Arrow's number for milliseconds. */
const MILLISECOND = 1;

/** When each visit was: milliseconds since 1970; minus infinity where that is not known. */
export function timesOf(batch: RecordBatch): Float64Array {
  const vector = batch.getChild('visited_at');
  const data: Data<Timestamp> | undefined = vector?.data[0];
  if (data === undefined) return new Float64Array(batch.numRows).fill(-Infinity);
  if (data.type.unit !== MILLISECOND || data.nullCount > 0)
    return Float64Array.from(vector ?? [], (time) => Number(time ?? -Infinity));
  // Read as two halves of 32 bits, little-endian: converting a bigint to a number takes several times as long.
  const halves = new Int32Array(data.values.buffer, data.values.byteOffset, 2 * batch.numRows);
  const times = new Float64Array(batch.numRows);
  for (let row = 0; row < times.length; row++)
    times[row] = (halves[2 * row + 1] as number) * 2 ** 32 + ((halves[2 * row] as number) >>> 0);
  return times;
}
