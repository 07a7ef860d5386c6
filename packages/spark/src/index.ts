// Begin a session on a Spark Connect server.
export { connect } from './session.js';
export { remoteOf } from './remote.js';
export type { ConnectOptions, SparkModel, SparkSession } from './session.js';
export type { Remote } from './remote.js';
export type { RunOptions } from './execute.js';

// Relations: what is computed when rows are asked for.
export { local, read, sql } from './plan.js';
export type { ParameterValue, ReadOptions, Relation, WriteOptions } from './plan.js';

// What goes wrong.
export { SPARK_ERRORS, SparkError } from './errors.js';
export type { ServerError, SparkErrorCode } from './errors.js';
