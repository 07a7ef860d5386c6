import type { Table, TypeMap } from 'apache-arrow';

import type { Codec, Field } from '../contract.js';

/**
 * Arrow tables as Parquet. Columns are held to `schema` both ways; texts are written plain, dictionary-encoded or not.
 * Arrow and the WASM are loaded at the first call, so that a process that needs neither does not pay for them.
 */
export function parquet<T extends TypeMap>(schema: readonly Field[]): Codec<Table<T>> {
  return {
    format: 'parquet',
    encode: async (table) => {
      const { conform, writeParquet } = await import('../arrow/index.js');
      const bytes = await writeParquet(conform(table, schema, 'FEEDS_VALUE_INVALID'));
      return [{ name: 'part-00000.parquet', bytes, rows: table.numRows }];
    },
    decode: async (files) => {
      const { concat, conform, readParquet } = await import('../arrow/index.js');
      const parts = await Promise.all(files.map(({ name, bytes }) => readParquet(bytes, name)));
      return concat(parts.map((part) => conform(part, schema, 'FEEDS_DATA_CORRUPT')));
    },
  };
}
