// Assign users to the panels of an experiment.
export { assign, assignmentIn } from './assignment.js';
export type { PanelOf } from './assignment.js';

// Describe an experiment and check it before it is used or stored.
export { demoExperiment, experimentProblem, experimentSchema } from './experiment.js';
export { putProblem } from './put-problem.js';
export type { Experiment, JsonValue, Panel } from './experiment.js';

// The arithmetic of buckets.
export { bucketOf } from './assignment.js';
export { BUCKETS } from './experiment.js';

// What goes wrong.
export { EXPERIMENTS_ERRORS, ExperimentsError } from './errors.js';
export type { ExperimentsErrorCode } from './errors.js';
