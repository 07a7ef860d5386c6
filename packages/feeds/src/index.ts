export { als } from './contracts/als.js';
export { attractions } from './contracts/attractions.js';
export { evaluationReport } from './contracts/evaluation-report.js';
export { experimentProblem, PANEL_RECOMMENDERS } from './contracts/experiment-problem.js';
export { experiments, experimentsOf } from './contracts/experiments.js';
export { nextAttraction } from './contracts/next-attraction.js';
export { hourOfDay, nextTerms, scoreNext, staleDays, togetherOf } from './contracts/next-attraction-score.js';
export { exposureProblem, exposures } from './contracts/exposures.js';
export { popularity } from './contracts/popularity.js';
export { rejects } from './contracts/rejects.js';
export { trials } from './contracts/trials.js';
export { visits } from './contracts/visits.js';
export { describedBy } from './described.js';
export { FEEDS_ERRORS, FeedsError } from './errors.js';
export { parentOf } from './log/record.js';
export { openFeeds } from './open.js';
export { openLineageOf } from './open-lineage.js';
export { preloadParquet } from './arrow/preload.js';
export { streamed } from './streamed.js';
export { siblingOf } from './sibling.js';

export type { AliasOptions } from './alias.js';
export type { Batches } from './codec/parquet-batches.js';
export type { Codec, EncodedFile, FeedContract, Field, FieldType, StoredFile } from './contract.js';
export type { AlsGeneration } from './contracts/als.js';
export type { Attraction } from './contracts/attractions.js';
export type {
  CalibrationBin,
  EvaluationReport,
  Interval,
  JudgedRecommender,
  Measure,
  Protocol,
  Segment,
  WorstRequest,
} from './contracts/evaluation-report.js';
export type { Experiment, Panel } from './contracts/experiments.js';
export type { NextAttractionModel, ParkTables } from './contracts/next-attraction.js';
export type { NextRequest, NextTerms } from './contracts/next-attraction-score.js';
export type { RecommendationRequest, RequestTime, TimedVisit, Visited } from './contracts/recommendation-request.js';
export type { Exposure } from './contracts/exposures.js';
export type { Popularity } from './contracts/popularity.js';
export type { Reject } from './contracts/rejects.js';
export type { Trial } from './contracts/trials.js';
export type { VisitsColumns, VisitsTable } from './contracts/visits.js';
export type { DescribedRow } from './described.js';
export type { FeedsErrorCode } from './errors.js';
export type { ExpireOptions, Expiry } from './expiry/expire.js';
export type { PinOptions } from './expiry/pin.js';
export type { ExpireRule, Kept } from './expiry/plan.js';
export type { Purge, PurgeOptions } from './expiry/purge.js';
export type { Feed, Update } from './feed.js';
export type { FeedLog } from './feed-log.js';
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
export type { FeedStore } from './open.js';
export type { OpenLineageDataset, OpenLineageEvent } from './open-lineage.js';
export type { PutOptions } from './put-options.js';
export type { StreamOptions } from './streamed.js';
export type { WatchOptions } from './watch.js';
export type { Repair, RepairOptions } from './verify/repair.js';
export type { Finding, Verification } from './verify/verification.js';
