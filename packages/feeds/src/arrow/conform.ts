import * as arrow from 'apache-arrow';
import { DataType } from 'apache-arrow';
import type { Data, RecordBatch } from 'apache-arrow';

import type { Field, FieldType } from '../contract.js';
import { FeedsError } from '../errors.js';
import type { FeedsErrorCode } from '../errors.js';
import { plainUtf8, utf8Data } from './utf8.js';

/**
 * The columns of `schema`, in its order and with its types, out of a table that may have more, or may lack nullable ones
 * that a later minor version added. Texts come out plain however they went in. Throws `code` naming the first column, and
 * where it is a matter of values the first row, that does not fit.
 */
export function conform(table: arrow.Table, schema: readonly Field[], code: FeedsErrorCode): arrow.Table {
  const refuse = (problem: string) => new FeedsError(code, problem);
  for (const { name, nullable } of schema) {
    if (nullable || table.schema.fields.some((field) => field.name === name)) continue;
    const present = table.schema.fields.map((field) => field.name).join(', ');
    throw refuse(`The table has no column ${name}; its columns are ${present || 'none'}.`);
  }
  let firstRow = 0;
  const parts = table.batches.map((batch) => {
    const columns = schema.map((field) => conformColumn(batch, field, firstRow, refuse));
    firstRow += batch.numRows;
    return columns;
  });
  const fields = schema.map((field, i) => {
    const given = parts[0]?.[i]?.type ?? arrowType(field.type);
    return new arrow.Field(field.name, given, field.nullable);
  });
  const conformed: arrow.Schema = new arrow.Schema(fields);
  const batches = parts.map((children, i) => {
    const length = table.batches[i]?.numRows ?? 0;
    const type = new arrow.Struct(fields);
    return new arrow.RecordBatch(conformed, arrow.makeData({ type, length, nullCount: 0, children }));
  });
  return new arrow.Table(conformed, batches);
}

type Refusal = (problem: string) => FeedsError;

function conformColumn(batch: RecordBatch, field: Field, firstRow: number, refuse: Refusal): Data {
  const place = batch.schema.fields.findIndex(({ name }) => name === field.name);
  const given = batch.data.children[place];
  if (given === undefined) return allNull(field, batch.numRows);
  const data = conformType(given, field, refuse);
  if (!field.nullable && data.nullCount > 0) {
    throw refuse(`Row ${firstRow + firstNull(data) + 1}: ${field.name} is missing.`);
  }
  const outside = firstOutside(data, field);
  if (outside !== undefined) {
    const [row, value] = outside;
    throw refuse(`Row ${firstRow + row + 1}: ${field.name} is ${value}, outside ${field.range?.join(' to ')}.`);
  }
  return data;
}

function conformType(data: Data, field: Field, refuse: Refusal): Data {
  const { type } = data;
  if (field.type === 'utf8') {
    if (DataType.isUtf8(type)) return data;
    if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return plainUtf8(data);
    if (DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return utf8Data([...new arrow.Vector([data])]);
  } else if (fits(type, field.type)) {
    return data;
  }
  throw refuse(`Column ${field.name} is ${describeType(type)}, not ${field.type}.`);
}

function fits(type: DataType, wanted: FieldType): boolean {
  switch (wanted) {
    case 'bool':
      return DataType.isBool(type);
    case 'int32':
      return DataType.isInt(type) && type.bitWidth === 32 && type.isSigned;
    case 'int64':
      return DataType.isInt(type) && type.bitWidth === 64 && type.isSigned;
    case 'float32':
      return DataType.isFloat(type) && type.precision === arrow.Precision.SINGLE;
    case 'float64':
      return DataType.isFloat(type) && type.precision === arrow.Precision.DOUBLE;
    case 'timestamp[ms, UTC]':
      return DataType.isTimestamp(type) && type.unit === arrow.TimeUnit.MILLISECOND && isUtc(type.timezone);
    case 'list<utf8>':
      return DataType.isList(type) && DataType.isUtf8(type.valueType);
    case 'list<int32>':
      return DataType.isList(type) && fits(type.valueType, 'int32');
    case 'list<float32>':
      return (DataType.isList(type) || DataType.isFixedSizeList(type)) && fits(type.valueType, 'float32');
    default:
      return false;
  }
}

/** The Arrow type a column of the contract has when no value says more. */
function arrowType(type: FieldType): DataType {
  switch (type) {
    case 'bool':
      return new arrow.Bool();
    case 'int32':
      return new arrow.Int32();
    case 'int64':
      return new arrow.Int64();
    case 'float32':
      return new arrow.Float32();
    case 'float64':
      return new arrow.Float64();
    case 'timestamp[ms, UTC]':
      return new arrow.TimestampMillisecond('UTC');
    case 'list<utf8>':
      return new arrow.List(new arrow.Field('item', new arrow.Utf8(), true));
    case 'list<int32>':
      return new arrow.List(new arrow.Field('item', new arrow.Int32(), true));
    case 'list<float32>':
      return new arrow.List(new arrow.Field('item', new arrow.Float32(), true));
    default:
      return new arrow.Utf8();
  }
}

function isUtc(timezone: string | null | undefined): boolean {
  return timezone === 'UTC' || timezone === '+00:00' || timezone === 'Etc/UTC';
}

/** Arrow's own word for a timestamp leaves out the time zone, which is what is wrong most often. */
function describeType(type: DataType): string {
  return DataType.isTimestamp(type) ? `${type} with time zone ${type.timezone ?? 'none'}` : String(type);
}

function allNull(field: Field, length: number): Data {
  return (
    arrow.vectorFromArray(new Array(length).fill(null), arrowType(field.type)).data[0] ??
    arrow.makeData({ type: new arrow.Null(), length })
  );
}

function firstNull(data: Data): number {
  let row = 0;
  while (data.getValid(row)) row++;
  return row;
}

function firstOutside(data: Data, { range }: Field): readonly [number, number] | undefined {
  if (range === undefined) return undefined;
  const [min, max] = range;
  const values: ArrayLike<number> = data.values;
  for (let row = 0; row < data.length; row++) {
    const value = Number(values[row]);
    if (!(value >= min && value <= max) && data.getValid(row)) return [row, value];
  }
  return undefined;
}

/** The rows of several tables of one schema, one after the other. */
export function concat(tables: readonly arrow.Table[]): arrow.Table {
  const [first, ...others] = tables;
  if (first === undefined) throw new FeedsError('FEEDS_DATA_CORRUPT', 'The update names no file.');
  if (others.length === 0) return first;
  return new arrow.Table(
    first.schema,
    tables.flatMap((table) => table.batches),
  );
}
