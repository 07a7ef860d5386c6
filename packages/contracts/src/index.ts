export { als } from './als.js';
export { attractions } from './attractions.js';
export { ease } from './ease.js';
export { evaluationReport } from './evaluation-report.js';
export { CONTRACTS_ERRORS, ContractsError } from './errors.js';
export { eventChunks, eventProblem, events } from './events.js';
export {
  DEFAULT,
  EXPERIMENT_LABEL,
  experiments,
  experimentsOf,
  readExperiments,
  wantedExperiments,
  winnerOf,
} from './experiments.js';
export { exposureChunks, exposureProblem, exposures } from './exposures.js';
export { fleetReports } from './fleet-report.js';
export { forgotten, forgottenHash, guardOfForgotten, readForgotten, withForgotten } from './forgotten.js';
export { itemKnn } from './item-knn.js';
export { lists } from './lists.js';
export { nextAttraction } from './next-attraction.js';
export { popularity } from './popularity.js';
export { rejects } from './rejects.js';
export { runs } from './runs.js';
export { trials } from './trials.js';
export { visitWeights, visits, writtenVisits } from './visits.js';
export type { AlsGeneration, Histories } from './als-model.js';
export type { Attraction } from './attractions.js';
export type { EaseModel, EasePark } from './ease.js';
export type {
  CalibrationBin,
  EvaluationReport,
  Interval,
  JudgedRecommender,
  Measure,
  Protocol,
  Segment,
  WorstRequest,
} from './evaluation-report.js';
export type { Event } from './events.js';
export type { StoredExperiment, StoredExperiments, StoredFault, WantedExperiments } from './experiments.js';
export type { Exposure } from './exposures.js';
export type { FleetReport } from './fleet-report.js';
export type { ForgottenUsers } from './forgotten.js';
export type { ItemKnnModel } from './item-knn.js';
export type { ListEntry } from './lists.js';
export type { NextAttractionModel, ParkTables } from './next-attraction.js';
export type { Popularity } from './popularity.js';
export type { RecommendationRequest, RequestTime, TimedVisit, Visited } from './recommendation-request.js';
export type { Reject } from './rejects.js';
export type { Run } from './runs.js';
export type { Trial } from './trials.js';
export type { VisitsColumns, VisitsTable } from './visits.js';
export { CHAMPION, latestVisits, loadSnapshot, wantedModel } from './snapshot.js';
export type { GenerationSeqs, Snapshot, VisitsOfLineage } from './snapshot.js';
export type { ContractsErrorCode } from './errors.js';
