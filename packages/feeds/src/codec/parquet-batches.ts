import type { RecordBatch, Table } from 'apache-arrow';

import type { FeedContract, Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { unreadable } from './codec.js';
import type { Codec, StoredFile } from './codec.js';

/** Rows of an update in pieces. May be larger than memory. */
export type Batches = AsyncIterable<RecordBatch>;

/**
 * Arrow data in memory before a part is written, in bytes. A part is in memory whole, several times over for a moment, on both sides;
 * smaller ones would be many files.
 */
const PART_BYTES = 16 * 2 ** 20;

/** Rows in a batch that is read, so that reading a column of a part is not one array of all. */
const BATCH_ROWS = 1 << 16;

/**
 * The files of the Parquet codec, written and read as a stream of record batches: several part files, one in memory at a time.
 * A batch is never split, so keep each well below 16 MB. `columns` are those to decode; all of them where absent.
 */
export function parquetBatches(schema: readonly Field[], columns?: readonly string[]): Codec<Batches> {
  const wanted = columns ? schema.filter(({ name }) => columns.includes(name)) : schema;

  async function* batchesOf(files: readonly StoredFile[]): AsyncGenerator<RecordBatch> {
    const { conform, readRowGroups } = await import('../arrow/index.js');
    const reading = { batchRows: BATCH_ROWS, columns: wanted.map(({ name }) => name) };
    for (const file of files) {
      const refuse = (problem: string) => unreadable(file, `breaks its contract: ${problem}`);
      let rows = 0;
      for await (const group of readRowGroups(file, reading)) {
        yield* conform(group, wanted, refuse, rows).batches.filter(({ numRows }) => numRows > 0);
        rows += group.numRows;
      }
    }
  }

  return {
    format: 'parquet',
    encode: (batches) => partsOf(batches, schema),
    // Nothing is read before it is iterated, and each iteration reads anew.
    decode: async (files) => ({ [Symbol.asyncIterator]: () => batchesOf(files) }),
    check: async (files) => {
      for await (const batch of batchesOf(files)) void batch;
    },
  };
}

/** Gathers batches into parts. There is one at least, since a reader learns the columns of no rows from it. */
async function* partsOf(batches: Batches, schema: readonly Field[]) {
  const { concat, conform, tableOfBatches, writeParquet } = await import('../arrow/index.js');
  const refuse = (problem: string) => new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
  let [part, firstRow, bytes] = [0, 0, 0];
  let pending: Table[] = [];
  const written = async () => {
    const table = concat(pending);
    pending = [];
    bytes = 0;
    const name = `part-${String(part++).padStart(5, '0')}.parquet`;
    return { name, bytes: await writeParquet(table), rows: table.numRows };
  };
  for await (const batch of batches) {
    pending.push(conform(tableOfBatches([batch]), schema, refuse, firstRow));
    firstRow += batch.numRows;
    bytes += batch.data.byteLength;
    if (bytes >= PART_BYTES) yield await written();
  }
  if (part > 0 && pending.length === 0) return;
  if (pending.length === 0) pending.push(conform(tableOfBatches([], schema), schema, refuse));
  yield await written();
}

/** What to stream of a feed. */
export interface StreamOptions {
  /** Columns to decode when reading; all of them where absent. A put needs all. */
  readonly columns?: readonly string[];
}

/**
 * The same feed as a stream of Arrow record batches, for updates larger than memory: `store.feed(streamed(visits))`. It writes the same format,
 * in several part files; what is put through one is read through the other. `read()` gives an iterable that reads nothing until it is iterated,
 * and then holds one part at a time. Throws FEEDS_OPTIONS_INVALID for a feed that is not Parquet, or a column it has not.
 */
export function streamed(contract: FeedContract<unknown>, { columns }: StreamOptions = {}): FeedContract<Batches> {
  const { path, version, description, schema, codec } = contract;
  const invalid = (problem: string) => new FeedsError('FEEDS_OPTIONS_INVALID', `${path} ${problem}.`);
  if (codec.format !== 'parquet') throw invalid(`is written as ${codec.format}; only Parquet can be streamed`);
  const unknown = columns?.find((name) => !schema.some((field) => field.name === name));
  if (unknown !== undefined) {
    throw invalid(`has no column ${unknown}; it has ${schema.map(({ name }) => name).join(', ')}`);
  }
  const stream = { path, description, schema, codec: parquetBatches(schema, columns) };
  return version === undefined ? stream : { ...stream, version };
}
