import type { Objective } from '@attractions/models/als';

import type { Orientations } from './csr.js';
import type { RowLoss } from './half-step.js';
import type { AlsOptions } from './options.js';

export type Side = 'users' | 'items';

/** Everything that the arithmetic of one training needs. The factors are solved in place. */
export interface Problem {
  readonly options: AlsOptions;
  readonly objective: Objective;
  readonly pairs: Orientations;
  /** Row-major, users x rank: at first the initial factors, at the end the answer. */
  readonly userFactors: Float32Array;
  /** Row-major, items x rank. */
  readonly itemFactors: Float32Array;
}

/** The arithmetic of one training: in plain TypeScript, or in WebAssembly on several threads. Both give the same bytes. */
export interface Kernel {
  /** Solves all rows of one side. Resolves to their part of the loss; rejects with the signal's reason when aborted. */
  halfStep(side: Side, signal?: AbortSignal): Promise<RowLoss>;
  /** Y'Y of one side's present factors, `rank` x `rank`. */
  gramian(side: Side, signal?: AbortSignal): Promise<Float64Array>;
  /** Writes the present factors into the problem's arrays. */
  store(): void;
  /** Ends workers and frees memory. */
  close(): Promise<void>;
}
