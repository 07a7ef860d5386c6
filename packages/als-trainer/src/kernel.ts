import type { Objective } from '@attractions/models/als';

import type { Orientations } from './csr.js';
import type { RowLoss } from './half-step.js';
import type { AlsOptions } from './options.js';

export type Side = 'users' | 'items';

/** Everything that one training's arithmetic needs. The factors are solved in place. */
export interface Problem {
  readonly options: AlsOptions;
  readonly objective: Objective;
  readonly pairs: Orientations;
  /** Row-major, users x rank: the first factors in, the answer out. */
  readonly userFactors: Float32Array;
  /** Row-major, items x rank. */
  readonly itemFactors: Float32Array;
}

/** Where the arithmetic of one training happens: plain TypeScript, or WebAssembly on several threads. Both give the same bytes. */
export interface Kernel {
  /** Solves all rows of one side. Resolves to what they add to the loss; rejects with the signal's reason when aborted. */
  halfStep(side: Side, signal?: AbortSignal): Promise<RowLoss>;
  /** Y'Y of one side's present factors, `rank` x `rank`. */
  gramian(side: Side, signal?: AbortSignal): Promise<Float64Array>;
  /** Brings the problem's factors up to date. */
  store(): void;
  /** Ends workers and frees memory. */
  close(): Promise<void>;
}
