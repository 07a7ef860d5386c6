import type { VisitsTable } from '@attractions/contracts';

import type { AlsOptions } from './options.js';

/** One finished iteration, as the history keeps it. */
export interface HistoryEntry {
  /** From 1. */
  readonly iteration: number;
  /** After the iteration, by the formula in the README. */
  readonly loss: number;
  /** Wall time of this iteration alone. */
  readonly seconds: number;
  /** Mean loss of the held-out pairs, where there are any. */
  readonly heldOutLoss?: number;
}

/** One finished iteration, as it is reported while training. */
export interface Iteration extends HistoryEntry {
  /** How many there will be. */
  readonly iterations: number;
  readonly pairsPerSecond: number;
  /** Expected wall time of the iterations to come. */
  readonly secondsLeft: number;
}

/** A trained model. Row u of `userFactors` times row i of `itemFactors` is the score of item i for user u. */
export interface AlsModel {
  readonly rank: number;
  /** Row-major, users x rank. */
  readonly userFactors: Float32Array;
  /** Row-major, items x rank. */
  readonly itemFactors: Float32Array;
  readonly history: HistoryEntry[];
  /** As resolved for this training; `foldIn` and a warm start need them. */
  readonly options: AlsOptions;
}

/** Part of a model that a training can start from. */
export type WarmStart = Pick<AlsModel, 'rank' | 'userFactors' | 'itemFactors'>;

/** How one training is run; nothing here changes the factors of a training that reaches its end, but `warmStart`. */
export interface TrainRun {
  /** Workers that share the rows; the machine's cores by default. The factors are the same for any number. */
  readonly threads?: number;
  /** Ends the training early: the promise rejects with the signal's reason within a second. */
  readonly signal?: AbortSignal;
  onIteration?(iteration: Iteration): void;
  /** Start from these factors instead of random ones. Row i must be the same user or item; further rows are new. */
  readonly warmStart?: WarmStart;
}

/** Learns a model of kind `M` from visits. What a driver runs; a second kind of model is a second implementation. */
export interface AttractionsRecommenderTrainer<M> {
  /** Short and stable, for logs and records: `als`, `popularity`. */
  readonly name: string;
  /** Learns from all the visits given. Same visits in any order, same model. Rejects with the signal's reason when aborted. */
  train(visits: VisitsTable, run?: TrainRun): Promise<M>;
}
