import type { Experiment } from '../experiment.js';
import type { Reading } from '../statistics/intervals.js';
import { findingsOf } from './conclude.js';
import type { Findings } from './findings.js';
import { gatherRows } from './gather-rows.js';
import type { ShownList, UserEvent } from './gather-rows.js';
import { completeMetric } from './metric.js';
import type { Metric } from './metric.js';

/** How an experiment is read out. */
export interface ReadOutOptions extends Reading {
  /** The first that is not a guardrail decides. */
  readonly metrics: readonly Metric[];
}

/**
 * Reads an experiment out of rows in memory: what each panel showed by each metric, and what may be concluded. Data that do not fit in memory are added up by an engine
 * first; `findingsOf` takes the sums.
 *
 * @param experiment one version, or all versions: then those that can be analysed together with the latest one are
 * @param exposures lists shown; of other experiments too
 * @param outcomes what users did, before their first exposure too; of an event that is there twice, one counts
 */
export function readOut(
  experiment: Experiment | readonly Experiment[],
  exposures: readonly ShownList[],
  outcomes: readonly UserEvent[],
  { metrics, ...reading }: ReadOutOptions,
): Findings {
  const versions: readonly Experiment[] = 'experiment' in experiment ? [experiment] : experiment;
  return findingsOf(gatherRows(versions, exposures, outcomes, metrics.map(completeMetric)), reading);
}
