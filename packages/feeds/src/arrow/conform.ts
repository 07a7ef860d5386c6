import * as arrow from 'apache-arrow';
import { DataType } from 'apache-arrow';
import type { Data, RecordBatch } from 'apache-arrow';

import type { Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { arrowType, fits } from './types.js';
import { plainUtf8, utf8Data } from './utf8.js';

/** Makes the error of a table that breaks its contract out of what is wrong, in words. */
export type Refusal = (problem: string) => FeedsError;

/**
 * The columns of `schema`, in its order and with its types, out of a table that may have more, or may lack nullable ones
 * that a later minor version added. Texts come out plain however they went in, times in `UTC` by that name. Throws what
 * `refuse` makes of the first column, and where it is a matter of values the first row, that does not fit.
 */
export function conform(table: arrow.Table, schema: readonly Field[], refuse: Refusal): arrow.Table {
  checkPresent(table, schema, refuse);
  let firstRow = 0;
  const batches = table.batches.map((batch) => {
    const columns = schema.map((field) => conformColumn(batch, field, firstRow, refuse));
    firstRow += batch.numRows;
    return columns;
  });
  const fields = schema.map(({ name, type, nullable }, i) => {
    return new arrow.Field(name, batches[0]?.[i]?.type ?? arrowType(type), nullable);
  });
  return assemble(fields, batches);
}

/** The rows of several tables of one schema, one after the other. */
export function concat(tables: readonly arrow.Table[]): arrow.Table {
  const [first, ...others] = tables;
  if (first === undefined) throw new FeedsError('FEEDS_DATA_CORRUPT', 'The update names no file.');
  if (others.length === 0) return first;
  const batches = tables.flatMap((table) => table.batches);
  return new arrow.Table(first.schema, batches);
}

/** A table of columns of one length, none of them with nulls. */
export function tableOf(columns: Readonly<Record<string, Data>>): arrow.Table {
  const fields = Object.entries(columns).map(([name, { type }]) => new arrow.Field(name, type, false));
  return assemble(fields, [Object.values(columns)]);
}

function assemble(fields: arrow.Field[], batches: readonly Data[][]): arrow.Table {
  const schema: arrow.Schema = new arrow.Schema(fields);
  const type = new arrow.Struct(fields);
  const parts = batches.map((children) => {
    const length = children[0]?.length ?? 0;
    return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children }));
  });
  return new arrow.Table(schema, parts);
}

function checkPresent(table: arrow.Table, schema: readonly Field[], refuse: Refusal): void {
  const present = table.schema.fields.map(({ name }) => name);
  const lacking = schema.find(({ name, nullable }) => !nullable && !present.includes(name));
  if (lacking) throw refuse(`The table has no column ${lacking.name}; it has ${present.join(', ') || 'none'}`);
}

function conformColumn(batch: RecordBatch, field: Field, firstRow: number, refuse: Refusal): Data {
  const place = batch.schema.fields.findIndex(({ name }) => name === field.name);
  const given = batch.data.children[place];
  if (given === undefined) return nulls(field, batch.numRows);
  const data = conformType(given, field, refuse);
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

function conformType(data: Data, field: Field, refuse: Refusal): Data {
  const { type } = data;
  if (field.type === 'utf8') {
    if (DataType.isUtf8(type)) return data;
    if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return plainUtf8(data);
    if (DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return utf8Data([...new arrow.Vector([data])]);
  } else if (fits(type, field.type)) {
    return DataType.isTimestamp(type) ? data.clone(arrowType(field.type)) : data;
  }
  throw refuse(`Column ${field.name} is ${nameOf(type)}, not ${field.type}`);
}

/** Arrow's own word for a timestamp has no time zone where it is absent, which is what is wrong most often. */
function nameOf(type: DataType): string {
  return DataType.isTimestamp(type) && !type.timezone ? `${type} without a time zone` : String(type);
}

function nulls(field: Field, length: number): Data {
  const absent: null[] = new Array(length).fill(null);
  const [data] = arrow.vectorFromArray(absent, arrowType(field.type)).data;
  return data ?? arrow.makeData({ type: arrowType(field.type), length: 0 });
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
