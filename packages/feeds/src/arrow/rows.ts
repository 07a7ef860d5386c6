import * as arrow from 'apache-arrow';

import type { Field } from '../contract.js';
import { arrowType } from './types.js';

/** A table from the values of each column, in the order of `schema`; undefined is null. */
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

/** The values of each column, in the order of `schema`: lists as arrays, times as `Date`, null as undefined. */
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
