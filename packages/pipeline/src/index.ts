export { main } from './cli.js';
export { PIPELINE_ERRORS, PipelineError } from './errors.js';
export { runInMemory } from './run-in-memory.js';
export { runThroughFeeds } from './run-through-feeds.js';
export { environmentExample, pipelineSettings } from './settings.js';

export type { PipelineContext } from './commands/command.js';
export type { PipelineErrorCode } from './errors.js';
export type { RunSummary } from './run-summary.js';
export type { SampleAnswer } from './sample.js';
export type { PipelineConfig } from './settings.js';
