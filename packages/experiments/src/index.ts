// Assign users to the panels of an experiment.
export { assign, assignmentIn, assignmentsIn, isTargeted } from './assignment.js';
export type { Assignment, Attributes, PanelOf } from './assignment.js';

// Describe an experiment and check it before it is used or stored.
export { demoExperiment, experimentProblem, experimentSchema } from './experiment.js';
export { putProblem } from './put-problem.js';
export type { Experiment, JsonValue, Panel } from './experiment.js';

// Start, change and stop experiments, several at once.
export { LISTS_LAYER, rampExperiment, startExperiment, stopExperiment } from './lifecycle/changes.js';
export type { Change, PanelShare, Ramp, Start } from './lifecycle/changes.js';
export { conflict, decidesLists, haveDisjointTargets, latestVersions, runningIn } from './lifecycle/running.js';
export type { LeftOut } from './lifecycle/running.js';
export { shareOf } from './lifecycle/shares.js';

// The arithmetic of buckets.
export { bucketOf } from './assignment.js';
export { BUCKETS } from './experiment.js';

// What goes wrong.
export { EXPERIMENTS_ERRORS, ExperimentsError } from './errors.js';
export type { ExperimentsErrorCode } from './errors.js';

// Statistics from sums over users: values of metrics, differences with intervals for one look and for many, CUPED, Holm.
export { compare, estimate } from './statistics/compare.js';
export type { Comparison, Difference, Estimate, MetricType } from './statistics/compare.js';
export { anytimeReach, holm, mixture } from './statistics/intervals.js';
export type { Effect, Range, Reading } from './statistics/intervals.js';
export { addMoments, momentsOf } from './statistics/moments.js';
export type { Moments, UserValues } from './statistics/moments.js';

// Whether the panels got the users they should, and which fault would be found.
export { sampleRatio, sampleRatioFaultSeen, sampleRatioOverTime, sampleRatioPower } from './statistics/sample-ratio.js';
export type { ChiSquare, RatioFault, RatioOverTime } from './statistics/sample-ratio.js';

// Plan: the users that are needed, or the effect that is seen.
export { baselineOf, effectSeen, powerOf, samplesNeeded } from './statistics/power.js';
export type { Baseline, Design } from './statistics/power.js';

// Interleave two recommenders in one list.
export { draftCoin, readInterleaved, teamDraft } from './statistics/interleaving.js';
export type { InterleavedRead, Preferences, TeamDraft } from './statistics/interleaving.js';

// Read an experiment out.
export { readOut } from './read-out/read-out.js';
export { findingsOf } from './read-out/conclude.js';
export { gatherRows } from './read-out/gather-rows.js';
export { REFUSALS } from './read-out/refusals.js';
export { digits, percent } from './read-out/verdict.js';
export type { ReadOutOptions } from './read-out/read-out.js';
export type { ShownList, UserEvent } from './read-out/gather-rows.js';
export type { Refusal, RefusalCode } from './read-out/refusals.js';
export type {
  DecidedDifference,
  Findings,
  MetricFindings,
  MetricPanel,
  PanelDifference,
  PartOfDifference,
} from './read-out/findings.js';

// What a program that adds up rows itself gathers for it.
export { EXPOSURE, FOLLOWED, completeMetric, metricsProblems } from './read-out/metric.js';
export { latestPhase } from './read-out/phases.js';
export type { CompleteMetric, Metric, MetricProblem } from './read-out/metric.js';
export type { Gathered, GatheredMetric, HeavyUsers, PanelMoments, Preferred } from './read-out/gathered.js';
