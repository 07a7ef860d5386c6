export { assignmentIn } from './assignment.js';
export { BUCKETS, bucketOf } from './bucket.js';
export { EXPERIMENTS_ERRORS, ExperimentsError } from './errors.js';
export { experimentProblem, putProblem } from './experiment.js';
export type { PanelOf } from './assignment.js';
export type { ExperimentsErrorCode } from './errors.js';
export type { Experiment, Panel } from './experiment.js';
export { demoExperiment } from './demo.js';
