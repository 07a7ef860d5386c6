export { itemKnn } from './baselines/item-knn.js';
export { popular } from './baselines/popular.js';
export { popularInPark } from './baselines/popular-in-park.js';
export { EVALUATION_ERRORS, EvaluationError } from './errors.js';
export { evaluate, metricNames } from './evaluate.js';
export { judge } from './judge/judge.js';
export { reportPage } from './page/page.js';
export { rankByScore } from './rank-by-score.js';
export { decidingMetrics } from './report/evaluation-report.js';
export { baselines, drawReport } from './report/report.js';
export { byTime } from './splits/by-time.js';
export { lastNewAttraction } from './splits/last-new-attraction.js';
export { randomNewAttraction } from './splits/random.js';
export { bootstrap, pairedDifference } from './statistics/bootstrap.js';
export { filterLog, visitLogOf } from './visit-log.js';
export { visitsTableOf } from './visits-table.js';

export type { EvaluationErrorCode } from './errors.js';
export type { EvaluateOptions, MetricName, Report, UserMetricName } from './evaluate.js';
export type { HeldOut } from './held-out.js';
export type { Contender, Scorer } from './judge/contender.js';
export type { Judgement, JudgeOptions } from './judge/judge.js';
export type {
  CalibrationBin,
  DecidingMetric,
  EvaluationReport,
  JudgedRecommender,
  Measure,
  Segment,
  WorstRequest,
} from './report/evaluation-report.js';
export type { DrawnReport, ReportOptions } from './report/report.js';
export type { Protocol, Request, Split } from './splits/split.js';
export type { BootstrapOptions, Interval } from './statistics/bootstrap.js';
export type { LogNames, VisitLog } from './visit-log.js';
