import * as arrow from 'apache-arrow';
import type { Data, RecordBatch } from 'apache-arrow';

import type { Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { arrowType } from './types.js';

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
  const columns = schema.map(({ name, type }, c): [string, arrow.Vector] => {
    const values = (valuesOf[c] ?? []).map((value) => value ?? null);
    const arrowTyped = arrowType(type);
    return [
      name,
      values.length === 0 ? arrow.makeVector(emptyData(arrowTyped)) : arrow.vectorFromArray(values, arrowTyped),
    ];
  });
  return new arrow.Table(Object.fromEntries(columns));
}

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

function emptyData(type: arrow.DataType): arrow.Data {
  return arrow.makeData({ type, length: 0, nullCount: 0 });
}
