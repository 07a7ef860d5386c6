export { alsRecommender } from './answers/als.js';
export { recommendEach } from './answers/batch.js';
export { becauseOf } from './answers/because.js';
export { CACHED_LISTS, cachedRecommender } from './answers/cached.js';
export { checkExperiment, createRecommender } from './answers/compose.js';
export { withFallback } from './answers/fallback.js';
export { withFilters } from './answers/filtered.js';
export { mappingRecommender } from './answers/mapping.js';
export { nextAttractionRecommender } from './answers/next-attraction.js';
export { clockText, parkClocks, timeZonesIn } from './answers/park-clocks.js';
export { paneledRecommender } from './answers/paneled.js';
export { popularRecommender } from './answers/popular.js';
export { DEFAULT_LIMIT, MAX_LIMIT } from './answers/recommender.js';
export { similarIn } from './answers/similar.js';
export { runServe } from './driver.js';
export { RECOMMENDER_ERRORS, RecommenderError } from './errors.js';
export { assignmentIn } from './experiment/assignment.js';
export { BUCKETS, bucketOf } from './experiment/bucket.js';
export { demoExperiment } from './experiment/demo.js';
export { foldInOf } from './factors/fold-in.js';
export { placed } from './factors/placed.js';
export { topK } from './factors/top-k.js';
export { topKAll } from './factors/top-k-all.js';
export { generationOf } from './generation/generation.js';
export { loadGeneration } from './generation/load.js';
export { serveSettings } from './settings.js';

export type { Contribution, Explanation } from './answers/because.js';
export type { Composition } from './answers/compose.js';
export type { StandingFilters } from './answers/filtered.js';
export type { Mapping } from './answers/mapping.js';
export type { ParkClocks, TimeZones } from './answers/park-clocks.js';
export type {
  Assumed,
  PanelOf,
  Recommendation,
  RecommendationRequest,
  Recommendations,
  Recommender,
  Source,
} from './answers/recommender.js';
export type { SimilarRequest } from './answers/similar.js';
export type { RequestTime, TimedVisit, Visited } from '@attractions/feeds';
export type { Visitor } from './answers/taste.js';
export type { RunningService, ServeContext } from './driver.js';
export type { RecommenderErrorCode } from './errors.js';
export type { FoldedIn, History } from './factors/fold-in.js';
export type { Ranked } from './factors/top-k.js';
export type { RankedAll, TopKAllOptions } from './factors/top-k-all.js';
export type { Generation, GenerationSeqs, Origin } from './generation/generation.js';
export type { IdIndex } from './generation/id-index.js';
export type { ServeConfig } from './settings.js';
