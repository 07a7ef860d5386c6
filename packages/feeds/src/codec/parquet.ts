import type { Table, TypeMap } from 'apache-arrow';

import type { Codec, Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { checkRows, unreadable } from './stored.js';

/**
 * Arrow tables as Parquet. Columns are held to `schema` both ways; texts are written plain, dictionary-encoded or not.
 * Arrow and the WASM are loaded at the first call, so that a process that needs neither does not pay for them.
 */
export function parquet<T extends TypeMap>(schema: readonly Field[]): Codec<Table<T>> {
  return {
    format: 'parquet',
    encode: async function* (table) {
      const { conform, writeParquet } = await import('../arrow/index.js');
      const refuse = (problem: string) => new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
      const bytes = await writeParquet(conform(table, schema, refuse));
      yield { name: 'part-00000.parquet', bytes, rows: table.numRows };
    },
    decode: async (files) => {
      const { concat, conform, readParquet } = await import('../arrow/index.js');
      const parts = files.map(async (file) => {
        const part = await readParquet(file);
        checkRows(file, part.numRows);
        return conform(part, schema, (problem) => unreadable(file, `breaks its contract: ${problem}`));
      });
      return concat(await Promise.all(parts));
    },
  };
}
