import type { FileMetaData, SchemaElement } from 'hyparquet';

import type { StoredFile } from '../codec/codec.js';
import type { Field, FieldType } from '../contract.js';

/**
 * Whether the footer of a Parquet file shows by itself that the file fits its contract: as many rows as its record says, the columns of `schema` with their types, no value
 * missing that must not be, none out of range. False also where the footer does not tell: then the rows have to be looked at. No page is read.
 */
export async function footerFits(file: StoredFile, schema: readonly Field[]): Promise<boolean> {
  try {
    const footer = await footerOf(await file.bytes());
    const rows = footer.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    if (Number(footer.num_rows) !== file.rows || rows !== file.rows) return false;
    return schema.every((field) => columnFits(field, footer));
  } catch {
    return false;
  }
}

/** The number of rows that a Parquet file says it has. Throws where the bytes are not Parquet. */
export async function rowsIn(path: string, bytes: Uint8Array): Promise<number> {
  try {
    return Number((await footerOf(bytes)).num_rows);
  } catch (cause) {
    throw new Error(`${path} is not readable as Parquet: ${String(cause)}`, { cause });
  }
}

async function footerOf(bytes: Uint8Array): Promise<FileMetaData> {
  const { parquetMetadata } = await import('hyparquet');
  const { buffer, byteOffset, length } = bytes;
  const size = new DataView(buffer, byteOffset + length - 8).getUint32(0, true);
  return parquetMetadata(Uint8Array.from(bytes.subarray(length - 8 - size)).buffer);
}

function columnFits(field: Field, { schema: [root, ...elements], row_groups: groups }: FileMetaData): boolean {
  const found = elements.filter(({ name }) => name === field.name);
  const [element] = found;
  if (element === undefined) return field.nullable;
  const isFlat = root?.num_children === elements.length;
  if (!isFlat || found.length > 1 || !(IS_OF[field.type]?.(element) ?? false)) return false;
  return groups.every(({ columns, num_rows: rows }) => {
    const { num_values: count, statistics } = columns[elements.indexOf(element)]?.meta_data ?? {};
    if (count !== rows) return false;
    if (!field.nullable && statistics?.null_count !== 0n) return false;
    if (field.range === undefined || rows === 0n) return true;
    const [least, most] = [statistics?.min_value, statistics?.max_value];
    // Of fractions, statistics leave out those that are not numbers.
    const isWhole = typeof least === 'number' && typeof most === 'number' && element.type === 'INT32';
    return isWhole && least >= field.range[0] && most <= field.range[1];
  });
}

/** How a file says that a column is of a type, of the types that values are told by. */
const IS_OF: Partial<Record<FieldType, (element: SchemaElement) => boolean>> = {
  utf8: ({ type, converted_type: kind, logical_type: logical }) =>
    type === 'BYTE_ARRAY' && (kind === 'UTF8' || logical?.type === 'STRING'),
  int32: ({ type, converted_type: kind }) => type === 'INT32' && (kind === undefined || kind === 'INT_32'),
  float32: ({ type }) => type === 'FLOAT',
  float64: ({ type }) => type === 'DOUBLE',
  'timestamp[ms, UTC]': ({ logical_type: logical }) =>
    logical?.type === 'TIMESTAMP' && logical.isAdjustedToUTC && logical.unit === 'MILLIS',
};
