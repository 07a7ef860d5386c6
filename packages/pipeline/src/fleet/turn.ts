/** What passes between a fleet and its workers. */
import type { Tenant } from '@attractions/config';
import type { ConfiguredSources } from '@attractions/etl';

import type { PipelineConfig } from '../settings.js';

/** What all turns of a fleet have in common. */
export interface FleetBase {
  readonly config: PipelineConfig;
  /** Path of the configuration file of tenants without one of their own. */
  readonly configFile?: string;
  /** Whether log lines are JSON, and not sentences. */
  readonly json: boolean;
}

/** A tenant of a file, or one that was split out of the sources of all. */
export interface FleetTenant extends Tenant {
  /** The sources of its part, relative to `data`. */
  readonly from?: ConfiguredSources['from'];
}

/** One tenant to be run. */
export interface Turn {
  readonly tenant: string;
  readonly feedsRoot: string;
  /** Its own configuration file. */
  readonly configFile?: string;
  /** Its own raw data: `RAW_DATA_PATH`, and what paths of configured sources are relative to. */
  readonly data?: string;
  /** The sources of its part, in place of the configured ones. */
  readonly from?: ConfiguredSources['from'];
  /** Train and read also where nothing is new. */
  readonly full?: boolean;
  /** Commit data that are unlike the last updates. */
  readonly accept?: boolean;
}

/** The stages of a turn. */
export const STAGES = ['read', 'train', 'judge'] as const;

/** `unchanged`: nothing was new, and the champion is the latest model. */
type Outcome = 'done' | 'unchanged' | 'refused' | 'failed';

/** What came of a turn. */
export interface TurnResult {
  readonly outcome: Outcome;
  /** Of what was refused or failed. */
  readonly exitCode?: number;
  readonly code?: string;
  readonly message?: string;
  readonly seconds: number;
  readonly stages: Readonly<Partial<Record<(typeof STAGES)[number], number>>>;
  /** Sequence number of the latest model. */
  readonly model?: number;
  /** Whether that model was trained in this turn. */
  readonly isTrained?: boolean;
  readonly visits?: number;
  readonly users?: number;
  readonly attractions?: number;
}

/** From a fleet to a worker. The first message has the base. */
export type ToWorker =
  { readonly base: FleetBase } | { readonly turn: Turn } | { readonly stop: { code: string; message: string } };

/** From a worker to its fleet, in answer to a turn. */
export type FromWorker = { readonly isReady: true } | { readonly result: TurnResult };
