import { DataType } from 'apache-arrow';
import * as arrow from 'apache-arrow';
import type { Data } from 'apache-arrow';

import type { Refusal } from './conform.js';

/** Integers below 2^31 as a column that shares the array. */
export function int32Column(values: Uint32Array): Data<arrow.Int32> {
  return arrow.makeData({ type: new arrow.Int32(), data: signed(values) });
}

/** The numbers of a column of 32-bit integers without nulls, as unsigned ones. */
export function int32sOf(table: arrow.Table, column: string): Uint32Array {
  return unsigned(
    joined(
      chunksOf(table, column).map(({ values }): Int32Array => values),
      Int32Array,
    ),
  );
}

/** Whole milliseconds since 1970 as a column of times in UTC. */
export function timestampColumn(times: Float64Array): Data<arrow.TimestampMillisecond> {
  const data = BigInt64Array.from(times, (time) => BigInt(time));
  return arrow.makeData({ type: new arrow.TimestampMillisecond('UTC'), data });
}

/** Numbers as a column that shares the array; whole milliseconds since 1970 where they are of 64 bits. */
export function numbersColumn(values: BigInt64Array | Float32Array | Int32Array): Data {
  if (values instanceof Int32Array) return arrow.makeData({ type: new arrow.Int32(), data: values });
  if (values instanceof Float32Array) return arrow.makeData({ type: new arrow.Float32(), data: values });
  return arrow.makeData({ type: new arrow.TimestampMillisecond('UTC'), data: values });
}

/** Times of a column without nulls: milliseconds since 1970. */
export function timestampsOf(table: arrow.Table, column: string): Float64Array {
  const times = new Float64Array(table.numRows);
  let row = 0;
  for (const { values, length } of chunksOf(table, column))
    for (let n = 0; n < length; n++) times[row++] = Number((values as BigInt64Array)[n]);
  return times;
}

/** Vectors of length `rank` as one column that shares the row-major array. */
export function float32Rows(values: Float32Array, rank: number): Data<arrow.FixedSizeList<arrow.Float32>> {
  const child = arrow.makeData({ type: new arrow.Float32(), data: values });
  const item = new arrow.Field('item', new arrow.Float32(), false);
  const type = new arrow.FixedSizeList(rank, item);
  return arrow.makeData({ type, length: values.length / rank, nullCount: 0, child });
}

/** The vectors of a column, row-major. Throws the error of `refuse` for the first row that does not have `rank` numbers. */
export function float32RowsOf(table: arrow.Table, column: string, rank: number, refuse: Refusal): Float32Array {
  let row = 0;
  const parts = chunksOf(table, column).map((data) => {
    const [from, to] = extent(data, (length) => {
      row++;
      if (length !== rank) throw refuse(`Row ${row}: ${column} has ${length} numbers, not ${rank}`);
    });
    const values: Float32Array = data.children[0]?.values ?? new Float32Array();
    return values.subarray(from, to);
  });
  return joined(parts, Float32Array);
}

/** Lists of integers, row `r` being `items[offsets[r] .. offsets[r + 1])`, as a column that shares both arrays. */
export function int32Lists(offsets: Uint32Array, items: Uint32Array): Data<arrow.List<arrow.Int32>> {
  const child = arrow.makeData({ type: new arrow.Int32(), data: signed(items) });
  const type = new arrow.List(new arrow.Field('item', new arrow.Int32(), false));
  return arrow.makeData({ type, length: offsets.length - 1, nullCount: 0, valueOffsets: signed(offsets), child });
}

/** The lists of a column, in the same form. */
export function int32ListsOf(table: arrow.Table, column: string): { offsets: Uint32Array; items: Uint32Array } {
  const { offsets, values } = listsOf(table, column, Int32Array);
  return { offsets, items: unsigned(values) };
}

/** Lists of numbers of single precision as rows `values[offsets[r] .. offsets[r + 1])`, over the two arrays themselves. */
export function float32Lists(offsets: Uint32Array, values: Float32Array): Data<arrow.List<arrow.Float32>> {
  const child = arrow.makeData({ type: new arrow.Float32(), data: values });
  const type = new arrow.List(new arrow.Field('item', new arrow.Float32(), false));
  return arrow.makeData({ type, length: offsets.length - 1, nullCount: 0, valueOffsets: signed(offsets), child });
}

/** The same back. */
export function float32ListsOf(table: arrow.Table, column: string): { offsets: Uint32Array; values: Float32Array } {
  return listsOf(table, column, Float32Array);
}

function listsOf<A extends Float32Array | Int32Array>(
  table: arrow.Table,
  column: string,
  Kind: new (length: number) => A,
): { offsets: Uint32Array; values: A } {
  const offsets = new Uint32Array(table.numRows + 1);
  let row = 0;
  const parts = chunksOf(table, column).map((data) => {
    const [from, to] = extent(data, (length) => {
      offsets[row + 1] = (offsets[row] ?? 0) + length;
      row++;
    });
    const values: A = data.children[0]?.values ?? new Kind(0);
    return values.subarray(from, to) as A;
  });
  return { offsets, values: joined(parts, Kind) };
}

function chunksOf(table: arrow.Table, column: string): readonly Data[] {
  return table.getChild(column)?.data ?? [];
}

/** Calls `each` with the length of every list; returns where the values of all lists begin and end in the child. */
function extent(data: Data, each: (length: number) => void): readonly [number, number] {
  const { type, valueOffsets } = data;
  if (DataType.isFixedSizeList(type)) {
    for (let row = 0; row < data.length; row++) each(type.listSize);
    return [0, data.length * type.listSize];
  }
  for (let row = 0; row < data.length; row++) each((valueOffsets[row + 1] ?? 0) - (valueOffsets[row] ?? 0));
  return [valueOffsets[0] ?? 0, valueOffsets[data.length] ?? 0];
}

function unsigned(values: Int32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function signed(values: Uint32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

function joined<A extends Float32Array | Int32Array>(parts: readonly A[], Kind: new (length: number) => A): A {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
