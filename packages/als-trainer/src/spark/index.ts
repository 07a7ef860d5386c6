export { sparkOptions } from './options.js';
export { trainOnSpark } from './train-on-spark.js';
export type { SparkRun, SparkTrained } from './train-on-spark.js';
export type { VisitFiles } from './pairs.js';
