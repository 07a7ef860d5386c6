import type { VisitsTable } from '@attractions/contracts';

import type { TrainRun } from './model.js';

/** Learns a model of kind `M` from visits. What a driver runs; a second kind of model is a second implementation. */
export interface AttractionsRecommenderTrainer<M> {
  /** Short and stable, for logs and records: `als`, `popularity`. */
  readonly name: string;
  /** Learns from all the visits given. Same visits in any order, same model. Rejects with the signal's reason when aborted. */
  train(visits: VisitsTable, run?: TrainRun): Promise<M>;
}
