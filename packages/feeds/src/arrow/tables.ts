import * as arrow from 'apache-arrow';
import type { Data, RecordBatch } from 'apache-arrow';

import type { Field, FieldType } from '../contract.js';
import { FeedsError } from '../errors.js';
import { arrowType } from './types.js';
import { utf8Data, validity } from './utf8.js';

/** The rows of several tables of one schema, one after the other. */
export function concat(tables: readonly arrow.Table[]): arrow.Table {
  // Arrow's stand-in for the batch of an empty table has another schema.
  const [first = tables[0], ...others] = tables.filter(({ numRows }) => numRows > 0);
  if (first === undefined) throw new FeedsError('FEEDS_DATA_CORRUPT', 'The update names no file.');
  if (others.length === 0) return first;
  const batches = [first, ...others].flatMap((table) => table.batches);
  return new arrow.Table(first.schema, batches);
}

/** Batches of one schema as a table; without batches, a table with the columns of `schema` and no rows. */
export function tableOfBatches(batches: readonly RecordBatch[], schema: readonly Field[] = []): arrow.Table {
  if (batches.length > 0) return new arrow.Table([...batches]);
  return assemble(
    schema.map(({ name, type, nullable }) => new arrow.Field(name, arrowType(type), nullable)),
    [],
  );
}

/** A table of columns of the same length, without nulls. */
export function tableOf(columns: Readonly<Record<string, Data>>): arrow.Table {
  const fields = Object.entries(columns).map(([name, { type }]) => new arrow.Field(name, type, false));
  return assemble(fields, [Object.values(columns)]);
}

/** A table of these fields; `batches` are the columns of each batch. */
export function assemble(fields: arrow.Field[], batches: readonly Data[][]): arrow.Table {
  const schema: arrow.Schema = new arrow.Schema(fields);
  const type = new arrow.Struct(fields);
  const parts = batches.map((children) => {
    const length = children[0]?.length ?? 0;
    return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children }));
  });
  return new arrow.Table(schema, parts);
}

/** A table from the values of each column, in the order of `schema`; undefined becomes null. */
export function tableFromRows(schema: readonly Field[], valuesOf: readonly (readonly unknown[])[]): arrow.Table {
  const fields = schema.map(({ name, type, nullable }) => new arrow.Field(name, arrowType(type), nullable));
  const children = schema.map(({ type }, c) => columnOf(type, valuesOf[c] ?? []));
  return assemble(fields, (children[0]?.length ?? 0) === 0 ? [] : [children]);
}

/** Fills the buffers of a column. Arrow's builder, which is used for rare types, takes some microseconds for each value. */
function columnOf(type: FieldType, values: readonly unknown[]): Data {
  const { length } = values;
  const given = { length, ...validity(length, (row) => values[row] !== undefined) };
  switch (type) {
    case 'utf8':
      return utf8Data(values.map((value) => (value === undefined ? null : String(value))));
    case 'int32':
      return arrow.makeData({ type: new arrow.Int32(), ...given, data: Int32Array.from(values, numberIn) });
    case 'float64':
      return arrow.makeData({ type: new arrow.Float64(), ...given, data: Float64Array.from(values, numberIn) });
    case 'timestamp[ms, UTC]': {
      const data = BigInt64Array.from(values, (value) => BigInt(numberIn(value)));
      return arrow.makeData({ type: new arrow.TimestampMillisecond('UTC'), ...given, data });
    }
    case 'bool': {
      const data = new Uint8Array(Math.ceil(length / 64) * 8);
      for (let row = 0; row < length; row++)
        if (values[row] === true) data[row >> 3] = (data[row >> 3] ?? 0) | (1 << (row & 7));
      return arrow.makeData({ type: new arrow.Bool(), ...given, data });
    }
    case 'list<utf8>': {
      const lists = values.map((value) => (value ?? []) as readonly string[]);
      const valueOffsets = new Int32Array(length + 1);
      for (let row = 0; row < length; row++)
        valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + (lists[row]?.length ?? 0);
      const child = utf8Data(lists.flat());
      return arrow.makeData({ type: arrowType(type) as arrow.List<arrow.Utf8>, ...given, valueOffsets, child });
    }
    default: {
      const { data } = arrow.vectorFromArray(
        values.map((value) => value ?? null),
        arrowType(type),
      );
      return data[0] ?? arrow.makeData({ type: arrowType(type), length: 0, nullCount: 0 });
    }
  }
}

const numberIn = (value: unknown): number => (value === undefined ? 0 : Number(value));

/** The values of each column, in the order of `schema`: lists as arrays, times as `Date`, nulls as undefined. */
export function valuesOfTable(table: arrow.Table, schema: readonly Field[]): readonly (readonly unknown[])[] {
  return schema.map(({ name, type }) =>
    Array.from(table.getChild(name) ?? [], (value: unknown) => {
      if (value === null) return undefined;
      if (value instanceof arrow.Vector) return [...value];
      return type === 'timestamp[ms, UTC]' ? new Date(Number(value)) : value;
    }),
  );
}
