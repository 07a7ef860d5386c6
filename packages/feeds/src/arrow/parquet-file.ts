import { tableFromIPC, tableToIPC } from 'apache-arrow';
import type { Table } from 'apache-arrow';

import { checkRows, unreadable } from '../codec/codec.js';
import type { StoredFile } from '../codec/codec.js';
import { withParquetWasm } from './wasm.js';
import type { ParquetWasm } from './wasm.js';

/** How a table is laid out in its file. */
export interface ParquetLayout {
  /** Whether columns have dictionaries; default: true. Not worth their time if few values repeat. */
  readonly dictionaries?: boolean;
}

/** What to read of a file piece by piece. */
export interface ParquetReading {
  /** Most rows in a batch. */
  readonly batchRows: number;
  /** Columns to decode; the file may lack some of them. */
  readonly columns: string[];
}

/** An Arrow table as the bytes of one Parquet file, compressed with Snappy, which every reader of Parquet knows. */
export function writeParquet(table: Table, { dictionaries = true }: ParquetLayout = {}): Promise<Uint8Array> {
  const stream = tableToIPC(table, 'stream');
  return withParquetWasm((wasm) => {
    const builder = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression.SNAPPY);
    const properties = builder.setDictionaryEnabled(dictionaries).build();
    // Each call consumes what it is called on and given, so there is nothing left to free.
    return wasm.writeParquet(wasm.Table.fromIPCStream(stream), properties);
  });
}

/** Rows in a batch of a table that is read whole. The default of 1,024 would make many small arrays. */
const BATCH_ROWS = 1 << 20;

/** The rows of one Parquet file. Throws FEEDS_DATA_CORRUPT if the bytes are not Parquet. */
export async function readParquet(file: StoredFile): Promise<Table> {
  const bytes = await file.bytes();
  return reading(file, (wasm) => tableOf(wasm.readParquet(bytes, { batchSize: BATCH_ROWS })));
}

/**
 * The same, one row group after the other: a large file takes the memory of one group, and only the columns asked for are decoded. There is
 * at least one table, which has the columns. Throws FEEDS_DATA_CORRUPT, also if the number of rows differs from the record.
 */
export async function* readRowGroups(
  file: StoredFile,
  { batchRows, columns }: ParquetReading,
): AsyncGenerator<Table, void> {
  const blob = new Blob([await file.bytes()]);
  const { rows, groups, names } = await footerOf(file, blob);
  checkRows(file, rows);
  // Of a column that an older minor version lacks, the WASM would say that there is none.
  const options = { batchSize: batchRows, ...(groups > 0 && { columns: columns.filter((name) => names.has(name)) }) };
  for (let group = 0; group < Math.max(groups, 1); group++) {
    yield await reading(file, async (wasm) => {
      const parquet = await wasm.ParquetFile.fromFile(blob);
      const table = tableOf(await parquet.read(groups === 0 ? options : { ...options, rowGroups: [group] }));
      parquet.free();
      return table;
    });
  }
}

/** The table in JavaScript; taking its stream consumes the table of the WASM. */
const tableOf = (table: ReturnType<ParquetWasm['readParquet']>): Table => tableFromIPC(table.intoIPCStream());

async function reading<R>(file: StoredFile, read: (wasm: ParquetWasm) => R | Promise<R>): Promise<R> {
  try {
    return await withParquetWasm(read);
  } catch (cause) {
    throw unreadable(file, `is not readable as Parquet: ${String(cause)}`, cause);
  }
}

/** What a Parquet file says of itself: rows, row groups, and the names of its columns where there are row groups. */
interface Footer {
  readonly rows: number;
  readonly groups: number;
  readonly names: ReadonlySet<string>;
}

async function footerOf(file: StoredFile, blob: Blob): Promise<Footer> {
  return reading(file, async (wasm) => {
    const parquet = await wasm.ParquetFile.fromFile(blob);
    const metadata = parquet.metadata();
    const groups = metadata.numRowGroups();
    const first = groups > 0 ? metadata.rowGroup(0) : undefined;
    const paths = Array.from({ length: first?.numColumns() ?? 0 }, (_, i) => first?.column(i).columnPath()[0] ?? '');
    const found = { rows: Number(metadata.fileMetadata().numRows()), groups, names: new Set(paths) };
    metadata.free();
    parquet.free();
    return found;
  });
}
