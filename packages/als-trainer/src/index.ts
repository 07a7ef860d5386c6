export { AlsTrainer } from './als-trainer.js';
export { runTrain } from './driver.js';
export { ALS_ERRORS, AlsError } from './errors.js';
export { foldIn } from './fold-in.js';
export { optionSpecs, presets, resolveOptions } from './options.js';
export { PopularityTrainer } from './popularity.js';
export { optionsOf, trainSettings } from './settings.js';
export { trainAls } from './train.js';
export { indexVisits } from './visits.js';

export type { TrainContext, TrainSummary } from './driver.js';
export type { AlsErrorCode } from './errors.js';
export type { FoldInModel } from './fold-in.js';
export type { Interactions } from './interactions.js';
export type { AlsModel, HistoryEntry, Iteration, TrainRun, WarmStart } from './model.js';
export type { AlsOptions, OptionSpec } from './options.js';
export type { TrainConfig } from './settings.js';
export type { AttractionsRecommenderTrainer } from './trainer.js';
export type { IndexedVisits } from './visits.js';
