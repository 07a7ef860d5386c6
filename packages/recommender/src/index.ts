export { becauseOf } from './answers/because.js';
export { CACHED_LISTS, cachedRecommender, textsKeptOf } from './answers/cached.js';
export type { KeptTexts } from './answers/cached.js';
export { candidates, itemKnown, itemsOfPark } from './answers/candidates.js';
export { checkExperiment, checkWinner, createRecommender } from './answers/compose.js';
export { withFallback } from './answers/fallback.js';
export { kindRecommender } from './answers/kind.js';
export { mappingRecommender } from './answers/mapping.js';
export { paneledRecommender } from './answers/paneled.js';
export { clockText, parkClocks, timeZonesIn } from './answers/park-clocks.js';
export { attractionIdOf, DEFAULT_LIMIT, MAX_LIMIT, recommendEach, visitOf } from './answers/recommender.js';
export { recommenderSections } from './config-file.js';
export { allowedBy, atMost, boost, closed, defineRule } from './answers/rules.js';
export { similarIn } from './answers/similar.js';
export { situated } from './answers/situated.js';
export { runRecommend } from './driver.js';
export { RECOMMENDER_ERRORS, RecommenderError } from './errors.js';
export { summaryText } from './progress.js';
export { experimentsWith, runningExperiments } from './running-experiments.js';
export { clockSettings, recommendSettings } from './settings.js';
export type { Contribution, Explanation } from './answers/because.js';
export type { Candidates } from './answers/candidates.js';
export type { Composition, OwnRecommenders } from './answers/compose.js';
export type { Mapping } from './answers/mapping.js';
export type { ParkClocks, TimeZones } from './answers/park-clocks.js';
export type {
  Assumed,
  Recommendation,
  RecommendationRequest,
  Recommendations,
  Recommender,
  Source,
} from './answers/recommender.js';
export type { Cap, Rule } from './answers/rules.js';
export type { SimilarRequest } from './answers/similar.js';
export type { RecommendContext } from './driver.js';
export type { ListsProgress, RecommendSummary } from './progress.js';
export type { RecommenderErrorCode } from './errors.js';
export type { ExperimentFault, RunningExperiments } from './running-experiments.js';
export type { RecommendConfig } from './settings.js';
export type { RequestTime, TimedVisit, Visited } from '@attractions/contracts';

// What a caller needs beside it, in one import.
export { assignmentIn, BUCKETS, bucketOf, demoExperiment } from '@attractions/experiments';
export { foldInOf, generationOf, loadGeneration, placed, topK, topKAll } from '@attractions/models';
export type { GenerationSeqs } from '@attractions/contracts';
export type { PanelOf } from '@attractions/experiments';
export type {
  FoldedIn,
  Generation,
  History,
  IdIndex,
  Origin,
  Ranked,
  RankedAll,
  TopKAllOptions,
} from '@attractions/models';
