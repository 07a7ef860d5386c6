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
