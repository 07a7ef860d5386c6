export { AlsError, errorCodes } from './errors.js';
export { foldIn } from './fold-in.js';
export { optionSpecs, presets, resolveOptions } from './options.js';
export { trainAls } from './train.js';

export type { AlsErrorCode } from './errors.js';
export type { FoldInModel } from './fold-in.js';
export type { Interactions } from './interactions.js';
export type { AlsModel, HistoryEntry, Iteration, TrainRun, WarmStart } from './model.js';
export type { AlsOptions, OptionSpec } from './options.js';
