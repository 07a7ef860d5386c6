import type { VisitsTable } from '@attractions/contracts';

import type { AlsOptions } from './options.js';

/** One finished iteration, as kept in the history. */
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

/** One finished iteration, as reported during a training. */
export interface Iteration extends HistoryEntry {
  /** Iterations planned. */
  readonly iterations: number;
  readonly pairsPerSecond: number;
  /** Expected wall time of the remaining iterations. */
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
  /** As resolved for this training; `foldIn` needs them. */
  readonly options: AlsOptions;
}

/** Part of a model that a training can start from. */
export type WarmStart = Pick<AlsModel, 'rank' | 'userFactors' | 'itemFactors'>;

/** How one training runs. Of these only `warmStart` changes the factors of a training that is not aborted. */
export interface TrainRun {
  /** Threads that share the rows; default: up to the number of cores. The factors are the same for any number. */
  readonly threads?: number;
  /** Aborts the training: the promise rejects with the signal's reason within a second. */
  readonly signal?: AbortSignal;
  onIteration?(iteration: Iteration): void;
  /** Start from these factors instead of random ones. Row i must be the same user or item; rows after those of the model are new. */
  readonly warmStart?: WarmStart;
}

/** Learns a model of type `M` from visits. */
export interface AttractionsRecommenderTrainer<M> {
  /** Short and stable, for logs and records: `als`, `popularity`. */
  readonly name: string;
  /** Learns from all the visits. The same visits in any order give the same model. Rejects with the signal's reason when aborted. */
  train(visits: VisitsTable, run?: TrainRun): Promise<M>;
}
