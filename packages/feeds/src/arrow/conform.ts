import { DataType } from 'apache-arrow';
import * as arrow from 'apache-arrow';
import type { Data, RecordBatch } from 'apache-arrow';

import type { Field, FieldType } from '../contract.js';
import type { FeedsError } from '../errors.js';
import { assemble } from './tables.js';
import { arrowType, fits } from './types.js';
import { plainUtf8, utf8Data } from './utf8.js';

/** Makes the error for a table that breaks its contract, from a text that says what is wrong. */
export type Refusal = (problem: string) => FeedsError;

/**
 * The columns of `schema`, in its order and with its types, from a table that may have more columns, or may lack nullable ones that a later
 * minor version added. Dictionary-encoded texts become plain ones; the time zone of times is written `UTC`. Throws the error of `refuse` for
 * the first column, or the first row of it, that does not fit. `firstRow` is the number of rows before this table, for messages.
 */
export function conform(table: arrow.Table, schema: readonly Field[], refuse: Refusal, firstRow = 0): arrow.Table {
  checkColumns(table.schema, schema, refuse);
  // Arrow's stand-in for the batch of an empty table has columns without their methods.
  const full = table.batches.filter(({ numRows }) => numRows > 0);
  const batches = full.map((batch) => {
    const columns = schema.map((field) => conformColumn(batch, field, firstRow, refuse));
    firstRow += batch.numRows;
    return columns;
  });
  const fields = schema.map(({ name, type, nullable }, i) => {
    return new arrow.Field(name, batches[0]?.[i]?.type ?? arrowType(type), nullable);
  });
  return assemble(fields, batches);
}

function checkColumns(given: arrow.Schema, schema: readonly Field[], refuse: Refusal): void {
  for (const { name, type, nullable } of schema) {
    const column = given.fields.find((field) => field.name === name);
    if (column && !becomes(column.type, type)) throw refuse(`Column ${name} is ${nameOf(column.type)}, not ${type}`);
    if (column || nullable) continue;
    throw refuse(`The table has no column ${name}; it has ${given.names.join(', ') || 'none'}`);
  }
}

function conformColumn(batch: RecordBatch, field: Field, firstRow: number, refuse: Refusal): Data {
  const place = batch.schema.fields.findIndex(({ name }) => name === field.name);
  const given = batch.data.children[place];
  if (given === undefined) return nulls(field, batch.numRows);
  const data = conformType(given, field);
  if (!field.nullable && data.nullCount > 0) {
    throw refuse(`Row ${firstRow + firstNull(data) + 1}: ${field.name} is missing`);
  }
  const outside = firstOutside(data, field);
  if (outside < data.length) {
    const found = `${field.name} is ${data.values[outside]}, outside ${field.range?.join(' to ')}`;
    throw refuse(`Row ${firstRow + outside + 1}: ${found}`);
  }
  return data;
}

/** Whether a column of this type can be used for one of the contract, after a conversion if needed. */
function becomes(type: DataType, wanted: FieldType): boolean {
  return fits(type, wanted) || (wanted === 'utf8' && isText(DataType.isDictionary(type) ? type.dictionary : type));
}

function conformType(data: Data, { type: wanted }: Field): Data {
  const { type } = data;
  if (DataType.isTimestamp(type)) return data.clone(arrowType(wanted));
  if (fits(type, wanted)) return data;
  if (DataType.isDictionary(type)) return plainUtf8(data);
  return utf8Data([...new arrow.Vector([data])]);
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

/** The name of a type, for messages. Arrow's own name of a timestamp does not say that the time zone is missing, the most common fault. */
function nameOf(type: DataType): string {
  return DataType.isTimestamp(type) && !type.timezone ? `${type} without a time zone` : String(type);
}

/** A column of nulls, made of zeros at once: Arrow's builder would take a call for each row. */
function nulls({ type: wanted }: Field, length: number): Data {
  const type = arrowType(wanted);
  const given = { length, nullCount: length, nullBitmap: new Uint8Array(Math.ceil(length / 64) * 8) };
  const valueOffsets = new Int32Array(length + 1);
  if (DataType.isUtf8(type)) return arrow.makeData({ type, ...given, valueOffsets, data: new Uint8Array() });
  if (DataType.isList(type)) {
    const child = arrow.makeData({ type: type.valueType, length: 0 });
    return arrow.makeData({ type, ...given, valueOffsets, child });
  }
  const size = DataType.isBool(type) ? given.nullBitmap.length : length;
  return arrow.makeData({ type: type as arrow.Int, ...given, data: new type.ArrayType(size) });
}

function firstNull(data: Data): number {
  let row = 0;
  while (data.getValid(row)) row++;
  return row;
}

/** The first row with a number outside the field's range, or the number of rows. */
function firstOutside(data: Data, { range }: Field): number {
  if (range === undefined) return data.length;
  const [min, max] = range;
  const values: ArrayLike<number | bigint> = data.values;
  for (let row = 0; row < data.length; row++) {
    const value = Number(values[row]);
    if (!(value >= min && value <= max) && data.getValid(row)) return row;
  }
  return data.length;
}
