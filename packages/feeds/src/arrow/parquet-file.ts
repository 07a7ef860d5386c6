import { tableFromIPC, tableToIPC } from 'apache-arrow';
import type { Table } from 'apache-arrow';

import { unreadable } from '../codec/stored.js';
import type { StoredFile } from '../contract.js';
import { withParquetWasm } from './wasm.js';
import type { ParquetWasm } from './wasm.js';

/** How a table is laid out in its file. */
export interface ParquetLayout {
  /** Whether columns have dictionaries: true by default, not worth their time where hardly a value comes twice. */
  readonly dictionaries?: boolean;
}

/** What to read of a file. */
export interface ParquetReading {
  /** Rows of a batch. WASM's default of 1,024 would make several arrays of every few rows. */
  readonly batchRows?: number;
  /** Columns to decode, of which the file may lack some; all of them where absent. */
  readonly columns?: string[];
}

/** An Arrow table as the bytes of one Parquet file, Snappy-compressed: every reader of Parquet knows it. */
export function writeParquet(table: Table, { dictionaries = true }: ParquetLayout = {}): Promise<Uint8Array> {
  const stream = tableToIPC(table, 'stream');
  return withParquetWasm((wasm) => {
    const builder = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression.SNAPPY);
    const properties = builder.setDictionaryEnabled(dictionaries).build();
    // Each call consumes what it is called on and given, so there is nothing left to free.
    return wasm.writeParquet(wasm.Table.fromIPCStream(stream), properties);
  });
}

/** The rows of one Parquet file. Throws FEEDS_DATA_CORRUPT where the bytes are not Parquet. */
export async function readParquet(
  file: StoredFile,
  { batchRows = 1 << 20, columns }: ParquetReading = {},
): Promise<Table> {
  const options = { batchSize: batchRows, ...(columns && { columns }) };
  const bytes = await file.bytes();
  try {
    // Taking the stream consumes the table of the WASM.
    const read = (wasm: ParquetWasm) => wasm.readParquet(bytes, options).intoIPCStream();
    return tableFromIPC(await withParquetWasm(read));
  } catch (cause) {
    throw unreadable(file, `is no readable Parquet: ${String(cause)}`, cause);
  }
}
