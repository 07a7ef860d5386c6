import { parquetBatches } from './codec/parquet-batches.js';
import type { Batches } from './codec/parquet-batches.js';
import type { FeedContract } from './contract.js';
import { FeedsError } from './errors.js';

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
