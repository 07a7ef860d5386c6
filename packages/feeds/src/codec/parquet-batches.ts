import type { RecordBatch, Table } from 'apache-arrow';

import type { FeedContract, Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { unreadable } from './codec.js';
import type { Codec, StoredFile } from './codec.js';

/** The rows of an update as Arrow record batches. May be larger than memory. */
export type Batches = AsyncIterable<RecordBatch>;

/**
 * Arrow data gathered before a part file is written, in bytes. Writer and reader hold a whole part in memory, for a moment several times;
 * smaller parts would mean many files.
 */
const PART_BYTES = 16 * 2 ** 20;

/** Rows in a batch that is read: a column of a whole part would be one large array. */
const BATCH_ROWS = 1 << 16;

/**
 * The files of the Parquet codec, written and read as a stream of record batches: several part files, one in memory at a time.
 * A batch is never split, so keep each well below 16 MB. `columns` are those to decode; default: all.
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
    // Nothing is read before it is iterated, and each iteration reads the files again.
    decode: async (files) => ({ [Symbol.asyncIterator]: () => batchesOf(files) }),
    check: async (files) => {
      for await (const batch of batchesOf(files)) void batch;
    },
  };
}

/** Gathers batches into parts. Writes at least one, so that a reader learns the columns of an update without rows. */
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

/** What to read of a feed as a stream. */
export interface StreamOptions {
  /** Columns to decode when reading; default: all. A put needs all. */
  readonly columns?: readonly string[];
}

/**
 * The same feed as a stream of Arrow record batches, for updates larger than memory: `store.feed(streamed(readings))`. The format is the same,
 * in several part files: what is put with either contract can be read with the other. `read()` gives an iterable that reads nothing until it
 * is iterated, and then holds one part in memory at a time.
 *
 * @throws FeedsError FEEDS_OPTIONS_INVALID if the feed is not Parquet, or has no such column
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
