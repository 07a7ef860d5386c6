export { preloadParquet } from './arrow/preload.js';
export { canonicalJson } from './canonical.js';
export { csv } from './codec/csv.js';
export { json } from './codec/json.js';
export { parquetRows, rowProblem } from './codec/parquet-rows.js';
export { parquet } from './codec/parquet.js';
export { checkRows, textOf, unreadable } from './codec/stored.js';
export { float64, int32, optional, schemaOf, text, texts } from './columns.js';
export { describedBy } from './described.js';
export { FEEDS_ERRORS, FeedsError } from './errors.js';
export { parentOf, schemaFingerprint } from './log/record.js';
export { openLineageOf } from './open-lineage.js';
export { openFeeds } from './open.js';
export { siblingOf } from './sibling.js';
export { streamed } from './streamed.js';
export type { AliasOptions } from './alias.js';
export type { Batches } from './codec/parquet-batches.js';
export type { Column, Columns } from './columns.js';
export type { Codec, EncodedFile, FeedContract, Field, FieldType, StoredFile } from './contract.js';
export type { DescribedRow } from './described.js';
export type { FeedsErrorCode } from './errors.js';
export type { ExpireOptions, Expiry } from './expiry/expire.js';
export type { PinOptions } from './expiry/pin.js';
export type { ExpireRule, Kept } from './expiry/plan.js';
export type { Purge, PurgeOptions } from './expiry/purge.js';
export type { FeedLog } from './feed-log.js';
export type { Feed, Update } from './feed.js';
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
export type { OpenLineageDataset, OpenLineageEvent } from './open-lineage.js';
export type { FeedStore } from './open.js';
export type { PutOptions } from './put-options.js';
export type { StreamOptions } from './streamed.js';
export type { Repair, RepairOptions } from './verify/repair.js';
export type { Finding, Verification } from './verify/verification.js';
export type { WatchOptions } from './watch.js';
