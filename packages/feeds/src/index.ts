// Open the feeds of a root, put an update, read one.
export { openFeeds } from './open.js';
export type { FeedStore } from './open.js';
export type { Feed, Update } from './feed/feed.js';
export type { OpenedUpdate } from './feed/opened.js';
export type { PutOptions } from './feed/put-options.js';

// Declare what a feed holds: a contract of columns and a codec.
export { float64, int32, optional, schemaOf, text, texts } from './columns.js';
export type { Column, Columns } from './columns.js';
export type { FeedContract, Field, FieldType } from './contract.js';
export { csv } from './codec/csv.js';
export { json } from './codec/json.js';
export { parquet, parquetRowChunks, parquetRows } from './codec/parquet.js';
export { preloadParquet } from './arrow/preload.js';

// Updates that are larger than memory.
export { streamed } from './codec/parquet-batches.js';
export type { Batches, StreamOptions } from './codec/parquet-batches.js';

// The log of a feed: its records, the names of updates, what may be forgotten, whether all is whole.
export type { FeedLog } from './feed/feed-log.js';
export type {
  AliasRecord,
  DataFile,
  ExpireRecord,
  Parent,
  PinRecord,
  Producer,
  PurgeRecord,
  RecordEnvelope,
  SeqRange,
  Source,
  UpdateRecord,
} from './log/record.js';
export type { WatchOptions } from './feed/watch.js';
export type { AliasOptions, PinOptions } from './feed/names.js';
export type { ExpireOptions, Expiry } from './expiry/expire.js';
export type { ExpireRule, Kept } from './expiry/plan.js';
export type { Purge, PurgeOptions } from './expiry/purge.js';
export type { Finding } from './verify/chain.js';
export type { Repair, RepairOptions, Verification } from './verify/verify.js';

// Where an update came from, and what was made beside it.
export { parentOf } from './log/record.js';
export { siblingOf } from './log/updates.js';
export { openLineageOf } from './open-lineage.js';
export type { OpenLineageDataset, OpenLineageEvent } from './open-lineage.js';

// Read feeds without their contracts.
export { describedBy } from './described.js';
export type { DescribedRow } from './described.js';

// Write a codec of your own.
export { checkRows, textOf, unreadable } from './codec/codec.js';
export type { Codec, EncodedFile, StoredFile } from './codec/codec.js';
export { rowProblem } from './codec/parquet.js';
export { canonicalJson } from './canonical.js';
export { schemaFingerprint } from './log/record.js';

// Objects of a bucket that are not feeds, with the same credentials and settings.
export { openS3Objects } from './store/s3-objects.js';
export type { S3Object, S3Objects, S3ReadOptions } from './store/s3-objects.js';

// Things that one process does at a time.
export { openLeases } from './open.js';
export type { LastTurn, Lease, Leases } from './store/leases.js';

// What goes wrong.
export { FEEDS_ERRORS, FeedsError } from './errors.js';
export type { FeedsErrorCode } from './errors.js';
