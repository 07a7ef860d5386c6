import { tableFromIPC, tableToIPC } from 'apache-arrow';
import type { Table } from 'apache-arrow';

import { FeedsError } from '../errors.js';
import { withParquetWasm } from './wasm.js';

/** How a table is laid out in its file. */
export interface ParquetLayout {
  /** Columns not worth a dictionary, since hardly a value comes twice: vectors of floats. */
  readonly plainColumns?: readonly string[];
}

/** An Arrow table as the bytes of one Parquet file, zstd-compressed. */
export function writeParquet(table: Table, { plainColumns = [] }: ParquetLayout = {}): Promise<Uint8Array> {
  const stream = tableToIPC(table, 'stream');
  return withParquetWasm((wasm) => {
    let properties = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression.ZSTD);
    for (const column of plainColumns) properties = properties.setColumnDictionaryEnabled(column, false);
    // The table and the properties are consumed by the call, so there is nothing left to free.
    return wasm.writeParquet(wasm.Table.fromIPCStream(stream), properties.build());
  });
}

/** The rows of one Parquet file. Throws FEEDS_DATA_CORRUPT where the bytes are not Parquet. */
export async function readParquet(bytes: Uint8Array, name: string): Promise<Table> {
  try {
    return tableFromIPC(
      // The default of 1,024 rows a batch would make an array of every few rows.
      await withParquetWasm((wasm) => wasm.readParquet(bytes, { batchSize: 1 << 20 }).intoIPCStream()),
    );
  } catch (cause) {
    throw new FeedsError('FEEDS_DATA_CORRUPT', `${name} is no readable Parquet: ${String(cause)}`, { cause });
  }
}
