// Judge a ranking, or lists on a published split.
export { evaluate, metricNames, rankByScore } from './evaluate.js';
export type { EvaluateOptions, HeldOut, MetricName, Report } from './evaluate.js';
export { bootstrap, pairedDifference } from './statistics/bootstrap.js';
export type { BootstrapOptions } from './statistics/bootstrap.js';
export { listEase, listItemKnn, listPopular, listsOf } from './lists/list-recommender.js';
export type { ListRecommender, ListScorer } from './lists/list-recommender.js';
export { pairSplitOf, readIdPairs } from './lists/pair-split.js';
export type { IdPair, PairSplit } from './lists/pair-split.js';

// Judge recommenders on visits: a log, a split, a report, a page.
export { visitLogOf, visitsTableOf } from './visit-log.js';
export type { LogNames, VisitLog } from './visit-log.js';
export { byTime, lastNewAttraction, randomNewAttraction } from './splits/protocols.js';
export { recommendationRequestOf } from './splits/split.js';
export type { Request, Split } from './splits/split.js';
export { judge } from './judge/judge.js';
export type { JudgeOptions, Judgement, MayShow } from './judge/judge.js';
export type { Contender, Scorer } from './judge/contender.js';
export { baselines, drawReport } from './report/report.js';
export type { DrawnReport, ReportOptions } from './report/report.js';
export type { JudgedList, ListMetric } from './report/list-metric.js';
export { reportPage } from './page/page.js';

// Pages of your own that look the same.
export { escaped, htmlPage, table as htmlTable } from './page/markup.js';
export { bandPlot, intervalPlot } from './page/plots.js';
export type { PlottedInterval, PlottedMoment } from './page/plots.js';

// Contenders to compare with.
export { ease, itemKnn, lastAttraction, latelyPopular, popular, popularInPark } from './baselines.js';

// Run a stage on the feeds: evaluate, validate.
export { evaluationSettings } from './settings.js';
export type { EvaluationConfig } from './settings.js';
export { runEvaluate } from './driver.js';
export type { EvaluateContext, EvaluateSummary } from './driver.js';
export { latestSubject } from './subject.js';
export { sampleText } from './sample.js';
export type { Sample } from './sample.js';
export type { KindModel, ModelSubject, Subject } from './subject.js';
export { runValidate } from './gate/driver.js';
export type { ValidateContext, ValidateSummary } from './gate/driver.js';
export { judgeModel } from './gate/gate.js';
export type { Verdict } from './gate/gate.js';
export type { Candidate, CheckResult, GateLimits, Listed } from './gate/candidate.js';

// Search the options of a trainer.
export { search } from './tune/search.js';
export type { Measured, PlannedTrial, SearchPlan, SearchResult, SearchRun } from './tune/search.js';
export type { DrawnOptions, OptionRange, SearchSpace } from './tune/space.js';

// Baselines and metrics of your own, from a configuration file.
export { evaluationSections } from './config-file.js';

// Errors.
export { EVALUATION_ERRORS, EvaluationError } from './errors.js';
export type { EvaluationErrorCode } from './errors.js';
